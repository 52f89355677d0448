/** `evidence`: the bundle of a run that can be handed to an auditor. What the commands do is in evidence-*.ts, loaded when needed. */
import { Command } from 'commander';
import { act } from '../lib/act';

const many = (value: string, before: string[] = []): string[] => [...before, value];
const noServer = 'plain temporal: none; no server is asked';
const example = '.dr/evidence-bundles/test.system-0a1d9c11';

/** `evidence export | list | verify | attest`, for the program. */
export function evidenceCommand(): Command {
  const evidence = new Command('evidence').description('bundles of what a run has left, which anybody can verify');

  const made = evidence
    .command('export')
    .description('make the bundle of a run that has ended: report, evidence files, plan, histories, hashes')
    .argument('[run]', 'workflow id, resource or its end, e.g. shandi')
    .option('--run-id <id>', 'an earlier execution of the same id')
    .option('--all', 'every run the server keeps that was started by nobody else and has no bundle yet')
    .option(
      '--to <folder>',
      'folder of the bundles; those of one folder form a chain (default: evidence-bundles/ of DR_HOME)',
    )
    .option('--by <who>', 'person or role that exports it (default: the user you are logged in as)')
    .addHelpText(
      'after',
      `
Write the head down elsewhere: it vouches for every file. A bundle with a secret in it is not made; the file is named, never the value.

Example: dr evidence export test.system
plain temporal: temporal workflow show -w test.system --output json
Exit code: 0 made, or there already, 2 no such run, 3 it has not ended or holds a secret, 8 no control plane, 9 another export is at work.`,
    );
  act(made, async (context, [run], options) =>
    (await import('./evidence-export.js')).exportEvidence(context, run, options),
  );

  const list = evidence
    .command('list')
    .description('the bundles of a folder: what of, head, attestations, gaps in the chain')
    .option('--in <folder>', 'folder of the bundles (default: evidence-bundles/ of DR_HOME)')
    .addHelpText(
      'after',
      `\nExample: dr evidence list --json\n${noServer}\nExit code: 0 listed, 3 the chain has a gap.`,
    );
  act(list, async (context, _args, options) => (await import('./evidence-read.js')).listBundles(context, options));

  const verify = evidence
    .command('verify')
    .description('judge a bundle, or all of a folder: hashes, chain, agreement with the histories, replay')
    .argument('<path>', 'a bundle, or the folder of the bundles')
    .option('--head <hash>', 'a head that was written down: it must be one of these bundles')
    .option('--replayed', 'refuse histories that the code of today does not replay, whatever version made them')
    .addHelpText(
      'after',
      `\nExample: dr evidence verify ${example} --head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n${noServer}\nExit code: 0 it holds, 2 no bundle there, 3 it does not hold.`,
    );
  act(verify, async (context, [path], options) =>
    (await import('./evidence-read.js')).verifyBundles(context, path ?? '', options),
  );

  const attest = evidence
    .command('attest')
    .description('say what the run has shown; added to the bundle, nothing in it is changed')
    .argument('<path>', 'a bundle')
    .option('--result <word>', 'pass or fail (required)')
    .option('--by <who>', 'person or role that signs (required)')
    .option('--notes <text>', 'what was seen and decided (required)')
    .option('--participant <who>', 'who took part beside those the run knows; may be repeated', many)
    .option('--deviation <text>', 'what did not go as planned; may be repeated', many)
    .option('--problem <text>', 'a problem; "OWNER: TEXT" names who sees to it; may be repeated', many)
    .option(
      '--next <date>',
      'when it is due next, e.g. 2026-12-01 (default: the next date of the schedule in the plan)',
    )
    .addHelpText(
      'after',
      `
Example: dr evidence attest ${example} --result pass --by "DevOps Team Lead" --notes "all criteria met" --problem "Database Provider: restore took 40 % longer than last month"
${noServer}
Exit code: 0 attested, 2 bad value, 3 the bundle does not hold, or a secret is in what you wrote, 9 another export is at work.`,
    );
  act(attest, async (context, [path], options) =>
    (await import('./evidence-attest.js')).attestBundle(context, path ?? '', options),
  );
  return evidence;
}

import { readFile } from 'node:fs/promises';
import { keepPlan } from '../../activities/evidence/kept-plans';
import { readPastRuns } from '../../activities/evidence/past-runs';
import { proofsOf } from '../../activities/evidence/read-past';
import { writeFileAtomically } from '../../activities/shared/write-file';
import type { LoadedPlan } from '../../plan';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault } from '../lib/fault';
import { documentOf } from '../plan-document/content';
import { toMarkdown } from '../plan-document/markdown';
import { toPage } from '../plan-document/page';
import { changesSince } from '../plan-document/previous';

/**
 * `plan render`: the plan document, from the plan and from the reports of the runs that lie on this machine.
 * @throws Fault when the version before is named and not there, or the file cannot be written
 */
export async function render(
  context: Context,
  { plan, hash, path }: LoadedPlan,
  options: Record<string, unknown>,
): Promise<number> {
  const to = typeof options['to'] === 'string' ? options['to'] : undefined;
  const since = typeof options['since'] === 'string' ? options['since'] : undefined;
  const before = since ?? to;
  const changes = before === undefined ? undefined : await changesSince(before, plan);
  if (since !== undefined && changes === undefined)
    throw new Fault(
      'input',
      `--since is "${since}": expected a document that was rendered before, and there is no such file.`,
    );
  const at = new Date().toISOString();
  const runs = await readPastRuns();
  const proofs = await proofsOf(plan, runs, at);
  const document = documentOf({ plan, hash, proofs, runs: runs.length, changes, at });
  const asPage = options['html'] === true || (to !== undefined && /\.html?$/i.test(to));
  const text = asPage ? toPage(document) : toMarkdown(document);
  // The next version is compared with this one. Where it cannot be kept, that one says so.
  await readFile(path, 'utf8')
    .then((written) => keepPlan(hash, written))
    .catch(() => undefined);
  if (to === undefined)
    context.out(context.json ? toJson({ hash, at, proofs, changes: changes ?? null, document: text }) : text.trimEnd());
  else {
    await writeFileAtomically(to, text, 0o644).catch((error: NodeJS.ErrnoException) => {
      throw new Fault(
        'input',
        `--to is "${to}": it cannot be written, ${error.code ?? error.message}.`,
        'Name a file in a directory that you may write.',
      );
    });
    context.out(context.json ? toJson({ hash, at, proofs, changes: changes ?? null, file: to }) : to);
  }
  return exitCodes.ok.code;
}

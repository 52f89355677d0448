import { drFailure } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { execIn } from '../shared/exec';
import type { Archive } from './archive';
import { mark, probeScript } from './scripts';
import { parseProbeRun, type Probe, type Question } from './probe-answer';

/**
 * Opens WAL segments inside the toolbox and asks one question of them: fetched and dumped side by side, one exec for all.
 */
export function toolboxProbe(at: DatabaseAt & { toolbox: string }, archive: Archive, signal: AbortSignal): Probe {
  const argument = (name: string): string => {
    const sha1 = archive.segments.get(name)?.sha1;
    return sha1 ? `${name}:${sha1}` : name;
  };
  return async (question: Question, runs: string[][]) => {
    const what = question.kind === 'latest' ? '' : question.what;
    // "latest" wants only the last commit, which every question about time answers; '~' sorts behind every digit
    const [kind, looked] = question.kind === 'latest' ? ['time', '~'] : [question.kind, what];
    const result = await execIn(
      at.site,
      at.toolbox,
      [
        'sh',
        '-c',
        probeScript,
        'sh',
        at.database.backup.stanza,
        at.database.dataDirectory,
        kind,
        looked,
        ...runs.map((run) => run.map(argument).join(',')),
      ],
      { user: 'postgres', signal, timeoutMs: 300_000 },
    );
    if (result.exitCode !== 0)
      throw drFailure(
        'DR-TOOL',
        `WAL could not be opened in container ${at.toolbox} (exit code ${result.exitCode}): ${result.stderr.trim().slice(-300)}`,
      );
    const answers = result.stdout.split(`${mark}\n`).slice(1);
    return runs.map((run, at_) => parseProbeRun(run, answers[at_] ?? ''));
  };
}

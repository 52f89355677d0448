/** Replays the histories of a bundle by the workflow code of this checkout. Needs no server and no network. */
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { ReadRun } from './agreement';
import type { PresentCode, Versions } from './versions';

/**
 * `replayed`: the code of today, given what the outside world answered, does what the history says. `differs`: it was made by
 * this very code, which does not do so. `other-version`: it was made by other code and this one would go another way.
 */
export interface Replayed {
  workflowId: string;
  runId: string;
  outcome: 'replayed' | 'differs' | 'other-version';
  says: string;
}

/** @param versions of the bundle; undefined: they could not be read */
export async function replay(
  runs: readonly ReadRun[],
  code: PresentCode,
  versions: Versions | undefined,
): Promise<Replayed[]> {
  quiet();
  const judged: Replayed[] = [];
  // A history that the worker cannot even begin with ends the stream: the next one gets a stream of its own.
  while (judged.length < runs.length) {
    const rest = runs.slice(judged.length).map(({ workflowId, history }) => ({ workflowId, history }));
    const add = (error: Error | undefined): void => {
      const run = runs[judged.length];
      if (run) judged.push(judge(run, error, code, versions));
    };
    const before = judged.length;
    try {
      for await (const { error } of Worker.runReplayHistories({ workflowBundle: code }, rest)) add(error);
      if (judged.length === before) add(new Error('the worker said nothing of it'));
    } catch (error) {
      add(error as Error);
    }
  }
  return judged;
}

function judge(run: ReadRun, error: Error | undefined, code: PresentCode, versions: Versions | undefined): Replayed {
  const { workflowId, runId, procedure, events } = run;
  const about = { workflowId, runId };
  const what = `${procedure}, ${events} events`;
  const own = isOwn(run, code, versions);
  if (!error) return { ...about, outcome: 'replayed', says: `${what}${own ? '' : '; made by another version'}` };
  const why = error.message.split('\n')[0] ?? '';
  return own
    ? { ...about, outcome: 'differs', says: `${what}: ${why}` }
    : {
        ...about,
        outcome: 'other-version',
        says: `${what}; made by another version, hashes hold, not replayed (${why})`,
      };
}

/** Whether all of the run was done by the code of this checkout; built on another machine the same sources are another bundle. */
function isOwn({ madeBy }: ReadRun, code: PresentCode, versions: Versions | undefined): boolean {
  const same = new Set([code.bundle, ...(versions?.code.sources === code.sources ? [versions.code.bundle] : [])]);
  return madeBy.every((build) => same.has(build));
}

let quietened = false;
/** A difference is said by the command; the SDK says it too, in its own way. */
function quiet(): void {
  if (quietened) return;
  quietened = true;
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
    });
  } catch {
    // The process has one already.
  }
}

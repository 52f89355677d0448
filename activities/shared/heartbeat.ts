import { AsyncLocalStorage } from 'node:async_hooks';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Progress } from '../../workflows/contracts/recovery';
import { redactFailure } from './redact';

/** The heartbeat of the activity that runs now: one timer, whoever beats. */
const current = new AsyncLocalStorage<{ latest: Progress }>();

/**
 * Runs `work` with a heartbeat for its whole life, on a timer: a worker that died is noticed in one heartbeat timeout,
 * one that is merely busy never is. The interval derives from the activity's own heartbeat timeout, so the number exists
 * once. The signal is aborted when the run is cancelled; pass it to whatever the work runs.
 */
export async function withHeartbeat<T>(
  text: string,
  work: (beat: (progress: Progress) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const beats = current.getStore() ?? { latest: { what: text, text } };
  const beat = (progress: Progress): void => {
    beats.latest = progress;
    heartbeat(progress);
  };
  beat({ what: text, text });
  if (current.getStore()) return work(beat, cancellationSignal());
  const every = Math.max(200, (activityInfo().heartbeatTimeoutMs ?? 30_000) / 4);
  const timer = setInterval(() => heartbeat(beats.latest), every);
  try {
    return await current.run(beats, () => work(beat, cancellationSignal()));
  } finally {
    clearInterval(timer);
  }
}

type Activity = (args: never) => Promise<unknown>;

/**
 * Gives every activity of a worker a heartbeat, also those that expect to be quick: on a server that hangs even a look
 * takes its whole time-out, and must not be taken for a dead worker. What fails leaves the worker without secrets.
 */
export function withHeartbeats<A extends Record<string, Activity>>(activities: A): A {
  const wrapped = Object.entries(activities).map(([name, act]) => [
    name,
    (args: never) => withHeartbeat(name, () => act(args)).catch(redactFailure),
  ]);
  return Object.fromEntries(wrapped) as A;
}

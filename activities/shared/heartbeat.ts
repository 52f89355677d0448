import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Progress } from '../../workflows/contracts/recovery';

/**
 * Runs `work` with a heartbeat for its whole life, on a timer: a worker that died is noticed in one heartbeat timeout,
 * one that is merely busy never is. The interval derives from the activity's own heartbeat timeout, so the number exists
 * once. The signal is aborted when the run is cancelled; pass it to whatever the work runs.
 */
export async function withHeartbeat<T>(
  text: string,
  work: (beat: (progress: Progress) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  let latest: Progress = { what: text, text };
  heartbeat(latest);
  const every = Math.max(200, (activityInfo().heartbeatTimeoutMs ?? 30_000) / 4);
  const timer = setInterval(() => heartbeat(latest), every);
  try {
    return await work((progress) => {
      latest = progress;
      heartbeat(progress);
    }, cancellationSignal());
  } finally {
    clearInterval(timer);
  }
}

import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { historyName } from '../../workflows/contracts/wal';
import { demandApproval } from '../shared/approval';
import { containerFacts, findService, labels } from '../shared/containers';
import { execIn, type ExecResult } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { runOneShot } from '../shared/one-shot';
import { psql } from '../shared/psql';
import { until } from '../shared/until';

export interface ForgetTimeline extends DatabaseAt {
  standby: { service: string };
  /** Site of the standby, when it is not that of the primary. */
  standbySite?: Site;
  /** Timeline that was begun and is given up; it is out of the archive. */
  timeline: number;
  /** Content of its history file. */
  history: string;
  /** It streamed before the run; then it must stream again. */
  mustStream: boolean;
  approval: ApprovalReference;
  /** How long it may take to stream again, milliseconds (default 30 000). */
  deadlineMs?: number;
}

export interface ForgottenTimeline {
  /** The history file lay in its pg_wal, and is gone. */
  removed: boolean;
  /** State of its receiver and the timeline it receives; absent when it was not asked. */
  receiver?: string;
}

// $1 data directory, $2 timeline in hex, $3 its history
export const forgetScript = `cd "$1/pg_wal" || exit 9
[ -f "$2.history" ] || exit 0
printf '%s' "$3" | cmp -s - "$2.history" || exit 7
rm -f "$2.history" "archive_status/$2.history.done" "archive_status/$2.history.ready" || exit 8
echo removed`;

/**
 * Makes a standby forget a timeline that was begun and given up. While the promoted copy was in the primary's place the
 * standby may have fetched its history, from the primary or from the archive; with that file in its pg_wal it would take the
 * timeline for the newest at its next start and refuse to run (PostgreSQL source, `rescanLatestTimeLine` and
 * `validateRecoveryParameters`). Proven by its receiver. Safe to repeat, and when there is no standby.
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS when it has another history under that number, DR-STANDBY when it does not stream
 *   again: it has followed the timeline and must be rebuilt
 */
export async function forgetTimeline(args: ForgetTimeline): Promise<ForgottenTimeline> {
  demandApproval(args.approval);
  const site = args.standbySite ?? args.site;
  const { service } = args.standby;
  return withHeartbeat(`letting ${service} forget timeline ${args.timeline}`, async (_beat, signal) => {
    const info = await findService(site, service);
    if (!info) return { removed: false };
    const result = await runBeside(site, args, info, signal);
    const file = historyName(args.timeline);
    if (result.exitCode === 7)
      throw drFailure('DR-NOT-OURS', `${file} in pg_wal of ${service} is not the one this run made; it was left there`);
    if (result.exitCode !== 0)
      throw drFailure(
        'DR-TOOL',
        `removing ${file} from pg_wal of ${service} ended with ${result.exitCode}: ${result.stderr.trim().slice(-300)}`,
        { retry: true },
      );
    const removed = result.stdout.includes('removed');
    if (!args.mustStream || !info.State.Running) return { removed };
    return { removed, receiver: await untilReceiving(args, site, info.Id, signal) };
  });
}

/** In the standby itself while it runs, else in a container of its own on the standby's volume. */
async function runBeside(
  site: Site,
  args: ForgetTimeline,
  info: ContainerInspectInfo,
  signal: AbortSignal,
): Promise<ExecResult> {
  const { dataDirectory } = args.database;
  const number = historyName(args.timeline).slice(0, 8);
  const command = ['sh', '-c', forgetScript, 'sh', dataDirectory, number, args.history];
  if (info.State.Running) return execIn(site, info.Id, command, { user: 'postgres', signal });
  const { dataVolume } = containerFacts(info, dataDirectory);
  if (!dataVolume) return { exitCode: 0, stdout: '', stderr: '' };
  return runOneShot(site, {
    name: `${site.compose.project}-dr-forget-${args.standby.service}`,
    image: info.Image,
    command,
    user: 'postgres',
    binds: [`${dataVolume}:${dataDirectory}`],
    labels: { [labels.role]: 'forget', [labels.platform]: site.compose.project },
    signal,
  });
}

async function untilReceiving(
  args: ForgetTimeline,
  site: Site,
  container: string,
  signal: AbortSignal,
): Promise<string> {
  const { service } = args.standby;
  let last = 'no receiver runs';
  return until(
    async () => {
      const sql = `SELECT status || ' on timeline ' || received_tli FROM pg_stat_wal_receiver`;
      last =
        (await psql(site, container, sql, { signal, timeoutMs: 5000 }).catch((error: Error) => error.message)) || last;
      const timeline = /^streaming on timeline (\d+)$/.exec(last)?.[1];
      return timeline !== undefined && Number(timeline) < args.timeline ? last : undefined;
    },
    {
      deadlineMs: args.deadlineMs ?? 30_000,
      everyMs: 200,
      signal,
      onTimeout: () =>
        drFailure(
          'DR-STANDBY',
          `standby ${service} streamed before and does not stream again (${last}): it may have followed timeline ${args.timeline}, which was given up`,
          { next: `Skip, then rebuild it: ./dr reprotect ${args.database.name} --member ${service} --reason "WHY".` },
        ),
    },
  );
}

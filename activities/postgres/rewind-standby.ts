import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { MemberAt } from '../../workflows/contracts/cluster';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { containerFacts, findService } from '../shared/containers';
import { runLabels } from '../shared/copy-names';
import { withHeartbeat } from '../shared/heartbeat';
import { runOneShot } from '../shared/one-shot';
import { prepareUpstream, upstreamOf, upstreamSettings } from './upstream';

export interface RewindStandby extends MemberAt {
  /** The database with the roles as they are, at the site of its primary. */
  primary: DatabaseAt;
  approval: ApprovalReference;
}

export interface RewoundStandby {
  /** `rewound`: rows that the primary does not have were given up. `followed`: there were none. */
  how: 'rewound' | 'followed';
  volume: string;
  durationMs: number;
}

// $1 data directory, $2 connection string of the primary, $DR_UPSTREAM lines of configuration. With standby.signal in place
// pg_rewind's own crash recovery refuses to run ("standby mode is not supported by single-user servers"), so it is away
// while pg_rewind works, and back however that ends: without it a `docker start` would make this server a primary. A server
// that was killed leaves a postmaster.pid, whose number means nothing in this container; nothing runs on the volume, which
// was looked at. Where nothing had to be rewound, pg_rewind's -R would write nothing: the way to the primary is written here.
const script = `cd "$1" || exit 9
trap 'touch standby.signal' EXIT
rm -f standby.signal recovery.signal postmaster.pid
pg_rewind -D "$1" --source-server="$2 dbname=postgres" -c 2>&1 || exit 8
printf '%s\\n' "$DR_UPSTREAM" >> postgresql.auto.conf
rm -f dr.demoted dr.cloned
sync -f "$1"`;

/**
 * Turns a former primary into a standby by taking back what its new primary does not know (PostgreSQL manual, pg_rewind).
 * The server must be stopped. Safe to repeat.
 * @throws DR-APPROVAL-MISSING, DR-STANDBY with pg_rewind's words: then only a copy from nothing helps
 */
export async function rewindStandby(args: RewindStandby): Promise<RewoundStandby> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, service, primary } = args;
  const { dataDirectory, backup } = primary.database;
  return withHeartbeat(`rewinding ${service}`, async (_beat, signal) => {
    const info = await findService(site, service);
    const volume = info && containerFacts(info, dataDirectory).dataVolume;
    if (!info || !volume)
      throw drFailure('DR-STANDBY', `${service} at site ${site.name} has no container with a data volume`);
    if (info.State.Running)
      throw drFailure(
        'DR-STANDBY',
        `${service} at site ${site.name} runs: a server is rewound only when it is stopped`,
      );
    const upstream = await upstreamOf(primary, { service, site });
    await prepareUpstream(primary, upstream.slot, signal);
    const result = await runOneShot(site, {
      name: `${site.compose.project}-dr-rewind-${service}`,
      image: info.Image,
      command: ['sh', '-c', script, 'sh', dataDirectory, upstream.conninfo],
      user: 'postgres',
      // Its own environment: WAL that is gone from both servers comes by its restore_command (-c), which needs the pass phrase.
      env: [
        ...info.Config.Env,
        `PGPASSWORD=${upstream.password}`,
        'PGCONNECT_TIMEOUT=5',
        `DR_UPSTREAM=${upstreamSettings(upstream).join('\n')}`,
      ],
      network: upstream.network,
      binds: [`${volume}:${dataDirectory}`, `${backup.repositoryVolume}:${backup.repositoryPath}:ro`],
      labels: runLabels(site, 'rewind'),
      signal,
    });
    const said = result.stdout + result.stderr;
    if (result.exitCode !== 0)
      throw drFailure(
        'DR-STANDBY',
        `pg_rewind of ${service} ended with ${result.exitCode}: ${said.trim().slice(-400)}`,
      );
    return {
      how: said.includes('no rewind required') ? 'followed' : 'rewound',
      volume,
      durationMs: Date.now() - began,
    };
  });
}

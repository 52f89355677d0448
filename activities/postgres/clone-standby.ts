import type { Site } from '../../plan';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { runLabels } from '../shared/copy-names';
import { databaseContainer } from '../shared/database-container';
import { runOneShot } from '../shared/one-shot';
import { prepareUpstream, upstreamOf } from './upstream';

// $1 data directory, $2 slot, $3 connection string. A try that was killed left files without the marker: begun anew, because
// half a copy looks like a whole one. The volume is the calling run's own. The marker is written last.
const script = `set -e
cd "$1"
[ ! -f dr.cloned ] || exit 0
find . -mindepth 1 -delete
pg_basebackup -D "$1" -R -X stream -c fast -S "$2" -d "$3"
printf "primary_slot_name = '%s'\\n" "$2" >> postgresql.auto.conf
[ -f global/pg_control ] && [ -f standby.signal ] && [ -f backup_manifest ]
sync -f "$1"
touch dr.cloned`;

/**
 * Copies the primary into an empty volume, as a standby of it (pg_basebackup). In a container of its own: an image may fill
 * an empty data directory with a new cluster when its service used to be the primary.
 * @param args.volume made by the calling run; whatever lies in it is an unfinished earlier try
 * @throws DR-STANDBY with the tool's words
 */
export async function cloneStandby(
  args: { primary: DatabaseAt; member: { service: string; site: Site }; volume: string },
  signal: AbortSignal,
): Promise<void> {
  const { primary, member, volume } = args;
  const { dataDirectory } = primary.database;
  const upstream = await upstreamOf(primary, member);
  await prepareUpstream(primary, upstream.slot, signal);
  const result = await runOneShot(member.site, {
    name: `${member.site.compose.project}-dr-clone-${member.service}`,
    image: (await databaseContainer(primary)).Image,
    command: ['sh', '-c', script, 'sh', dataDirectory, upstream.slot, upstream.conninfo],
    user: 'postgres',
    env: [`PGPASSWORD=${upstream.password}`, 'PGCONNECT_TIMEOUT=5'],
    network: upstream.network,
    binds: [`${volume}:${dataDirectory}`],
    labels: runLabels(member.site, 'clone'),
    signal,
  });
  if (result.exitCode !== 0)
    throw drFailure(
      'DR-STANDBY',
      `copying the primary ${primary.database.service} for ${member.service} ended with ${result.exitCode}: ${result.stderr.trim().slice(-400)}`,
      { retry: true },
    );
}

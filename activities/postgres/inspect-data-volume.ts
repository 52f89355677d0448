import type { DataVolume, MemberAt } from '../../workflows/contracts/cluster';
import { membersOf } from '../../workflows/contracts/members';
import { composeService, composeVariable } from '../shared/compose';
import { containerFacts, findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectVolume } from '../shared/ownership';
import { withVolumeFiles } from '../shared/volume-files';

/**
 * What lies in the data volume of a server that does not answer: of its container, where it has one, else the volume that the
 * env file names. What a volume is (a primary's, a standby's) is decided by its own files, never by the role somebody gave it.
 * @throws DR-ENGINE, DR-COMPOSE
 */
export async function inspectDataVolume({ database, site, service }: MemberAt): Promise<DataVolume> {
  const { dataDirectory } = database;
  return withHeartbeat(`looking into the volume of ${service}`, async (_beat, signal) => {
    const info = await findService(site, service);
    const member = membersOf(database).find((one) => one.service === service);
    const mounted = info && containerFacts(info, dataDirectory).dataVolume;
    const volume = mounted ?? (member && (await composeVariable(site, member.volumeVariable)));
    if (!volume || !(await inspectVolume(site, volume))) return { ...(volume ? { volume } : {}), holds: 'gone' };
    const image = info?.Image ?? (await composeService(site, service, signal)).image;
    const at = { ...(info ? { containerId: info.Id } : {}), volume, image, dataDirectory };
    const [version, control, standby] = await withVolumeFiles(site, at, (files) =>
      Promise.all(['PG_VERSION', 'global/pg_control', 'standby.signal'].map((path) => files.read(path))),
    );
    if (!version && !control) return { volume, holds: 'nothing' };
    if (!version || !control) return { volume, holds: 'parts' };
    return { volume, holds: standby ? 'standby' : 'cluster' };
  });
}

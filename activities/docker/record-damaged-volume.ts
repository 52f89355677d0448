import { join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { inspectVolume } from '../shared/ownership';
import { drHome } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';

/** What is remembered of a damaged volume. */
export interface KeptVolume {
  volume: string;
  /** What it belonged to: `database.shandi`, `store.redis`. */
  resource: string;
  site: string;
  project: string;
  /** Run that replaced it. */
  run: string;
  incident: string;
  keptSince: string;
  /** UTC; nobody should remove it before. */
  until: string;
}

/**
 * Remembers that a damaged data volume is kept, and until when. Docker cannot label a volume that exists, so the record is
 * a file of the control plane's state, one per volume; the volume itself is not touched.
 * @throws DR-NOT-OURS when there is no such volume
 */
export async function recordDamagedVolume(args: {
  site: Site;
  resource: string;
  volume: string;
  until: string;
  incident: string;
}): Promise<{ path: string; record: KeptVolume }> {
  const { site, resource, volume } = args;
  if (!(await inspectVolume(site, volume)))
    throw drFailure(
      'DR-NOT-OURS',
      `volume ${volume}, which was to be kept until ${args.until}, does not exist at site ${site.name}`,
    );
  const record: KeptVolume = {
    volume,
    resource,
    site: site.name,
    project: site.compose.project,
    run: activityInfo().workflowExecution?.workflowId ?? 'none',
    incident: args.incident,
    keptSince: new Date().toISOString(),
    until: args.until,
  };
  const path = join(drHome(), 'kept-volumes', `${site.name}.${volume}.json`);
  await writeFileAtomically(path, `${JSON.stringify(record, undefined, 2)}\n`, 0o640);
  return { path, record };
}

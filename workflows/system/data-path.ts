/** How a database is brought back, by what was seen of it; the gentlest way that can work. Pure. */
import type { ServerFacts } from '../contracts/cluster';
import type { HealthAnswer } from '../contracts/service';

/**
 * `intact`: nothing to do. `pooler`: the server writes, its clients do not reach it. `restart`: its data is where it was.
 * `failover`: a standby has the data. `recover`: what is left are the backups. `unreachable`: the engine of its site does not
 * answer, so nothing is known and nothing can be done there.
 */
export type DataPath = 'intact' | 'pooler' | 'restart' | 'failover' | 'recover' | 'unreachable';

export interface Path {
  path: DataPath;
  /** In sentences, with the facts that led to it. */
  because: string[];
}

export interface DatabasePicture {
  primary: ServerFacts;
  standbys: ServerFacts[];
  /** What its clients get. */
  clientPath: HealthAnswer;
  /** Data volumes that exist, by service; a service that is not in it was not looked for. */
  volumeThere: ReadonlyMap<string, boolean>;
}

/** The way to begin with. */
export function choosePath(seen: DatabasePicture): Path {
  const { primary, clientPath } = seen;
  const { service } = primary;
  if (clientPath.healthy && primary.answered && !primary.inRecovery)
    return { path: 'intact', because: [`${service} takes writes, and clients reach it`] };
  if (!primary.engineAnswered && !primary.answered)
    return {
      path: 'unreachable',
      because: [`the engine of site ${primary.site} does not answer: ${primary.problem ?? ''}`],
    };
  if (primary.answered && !primary.inRecovery)
    return { path: 'pooler', because: [`${service} takes writes, and clients do not reach it: ${clientPath.says}`] };
  const silent = `${service} does not serve: ${primary.answered ? 'it is in recovery, read-only' : (primary.problem ?? '')}`;
  if (seen.volumeThere.get(service) === false) return withoutIt(seen, [silent, `its data volume is gone`]);
  if (primary.answered) return withoutIt(seen, [silent]);
  return { path: 'restart', because: [silent, `its data volume ${primary.dataVolume ?? ''} is there`] };
}

/** The next way, when the server could not be brought back on the data it has. @param why it could not */
export const afterRestart = (seen: DatabasePicture, why: string): Path =>
  withoutIt(seen, [`${seen.primary.service} could not be brought back on the data it has: ${why}`]);

function withoutIt({ standbys, volumeThere }: DatabasePicture, because: string[]): Path {
  const holds = standbys.filter((one) => one.answered || (one.engineAnswered && volumeThere.get(one.service) === true));
  if (holds.length > 0)
    return { path: 'failover', because: [...because, `${holds.map((one) => one.service).join(', ')} has the data`] };
  const none = standbys.length === 0 ? 'there is no standby' : 'no standby has its data';
  return { path: 'recover', because: [...because, `${none}: what is left are the backups`] };
}

/** How a database is brought back, by what was seen of it; the gentlest way that can work. Pure. */
import type { DataVolume, ServerFacts } from '../contracts/cluster';
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
  /** What lies in the volumes of the servers that do not answer, by service; one that is not in it was not looked into. */
  volumes: ReadonlyMap<string, DataVolume>;
}

const holdsWords: Record<DataVolume['holds'], string> = {
  gone: 'is gone',
  nothing: 'holds nothing',
  parts: 'holds parts of a cluster only',
  cluster: 'is there',
  standby: 'is that of a standby',
};

/** The way to begin with. */
export function choosePath(seen: DatabasePicture): Path {
  const { primary, clientPath } = seen;
  const { service } = primary;
  const writes = primary.answered && !primary.inRecovery;
  if (writes && clientPath.healthy)
    return { path: 'intact', because: [`${service} takes writes, and clients reach it`] };
  if (!primary.engineAnswered && !primary.answered)
    return {
      path: 'unreachable',
      because: [`the engine of site ${primary.site} does not answer: ${primary.problem ?? ''}`],
    };
  if (writes)
    return { path: 'pooler', because: [`${service} takes writes, and clients do not reach it: ${clientPath.says}`] };
  const silent = `${service} does not serve: ${primary.answered ? 'it is in recovery, read-only' : (primary.problem ?? '')}`;
  if (primary.answered) return withoutIt(seen, [silent]);
  const data = seen.volumes.get(service);
  const itsData = `its data volume ${data?.volume ?? primary.dataVolume ?? ''} ${data ? holdsWords[data.holds] : 'is there'}`;
  if (data && data.holds !== 'cluster') return withoutIt(seen, [silent, itsData]);
  return { path: 'restart', because: [silent, itsData] };
}

/** The next way, when the server could not be brought back on the data it has. @param why it could not */
export const afterRestart = (seen: DatabasePicture, why: string): Path =>
  withoutIt(seen, [`${seen.primary.service} could not be brought back on the data it has: ${why}`]);

/** A standby is one by what it is, not by its name: it answers read-only, or its volume says so. */
export const isStandby = (one: ServerFacts, volumes: DatabasePicture['volumes']): boolean =>
  one.answered ? one.inRecovery : volumes.get(one.service)?.holds === 'standby';

function withoutIt({ standbys, volumes }: DatabasePicture, because: string[]): Path {
  const holds = standbys.filter((one) => isStandby(one, volumes));
  if (holds.length > 0)
    return { path: 'failover', because: [...because, `${holds.map((one) => one.service).join(', ')} has the data`] };
  const none = standbys.length === 0 ? 'there is no standby' : 'no standby has its data';
  return { path: 'recover', because: [...because, `${none}: what is left are the backups`] };
}

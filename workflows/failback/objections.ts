/** Why nobody can come home now; every reason at once. Pure. */
import type { ServerFacts } from '../contracts/cluster';
import type { Found } from './assess';

/** @param promoted an earlier run has promoted the database at home @returns sentences; empty: it can be tried */
export function objections(
  home: string,
  database: string,
  { reach, project, silent, atHome, standIns, holder }: Found,
  promoted = false,
): string[] {
  const writers = standIns.filter(({ facts }) => facts.answered && !facts.inRecovery);
  const where = writers.map(({ facts, standIn }) => `${facts.service} at site ${standIn.site.name}`);
  const [serving] = writers;
  const writesAtHome = atHome.filter((one) => one.answered && !one.inRecovery);
  return [
    ...(writers.length === 0 && !promoted
      ? standIns.map(({ facts, standIn }) =>
          facts.answered
            ? `nothing was failed over: ${facts.service} at site ${standIn.site.name} takes no writes, it is a standby`
            : `nobody can say that site ${standIn.site.name} serves: ${facts.service} there does not answer: ${facts.problem ?? 'no reason known'}`,
        )
      : []),
    ...(writers.length > 1 ? [`${where.join(' and ')} take writes: nobody can say which of them serves`] : []),
    ...(writers.length > 0
      ? writesAtHome.map(
          (one) =>
            `there are two primaries: ${one.service} at site ${home} takes writes on timeline ${one.timeline}, and so does ${where.join(', ')}. Stop it (\`docker stop\`), and find out whom it has served`,
        )
      : []),
    ...(reach?.engine.answered === true
      ? []
      : [`site ${home} is not reachable: ${reach ? reach.engine.says : silent || 'nobody took the question'}`]),
    ...(reach?.engine.answered === true && !project ? [`the containers of site ${home} could not be looked at`] : []),
    ...(project?.problem === undefined ? [] : [`Compose cannot read the project of site ${home}: ${project.problem}`]),
    ...(holder.by === 'another'
      ? [`another run works on database ${database}: recover.database.${database} (\`dr show database.${database}\`)`]
      : []),
    ...(holder.by === 'hold' && serving && holder.site !== serving.standIn.site.name
      ? [`the lock of database ${database} is held for site ${holder.site}, and ${where.join(', ')} takes writes`]
      : []),
    ...(holder.by === 'hold' && !holder.settled
      ? [
          `recover.database.${database} still waits for site ${home}, or stops what has come back of it: look at it (\`dr show database.${database}\`)`,
        ]
      : []),
  ];
}

/**
 * What has changed since a way home was found half done. @param primary the server at home as it was then
 * @returns sentences; empty: it can be finished
 */
export function changedSince(
  primary: Pick<ServerFacts, 'service' | 'timeline'>,
  now: { atHome: ServerFacts; standIn: ServerFacts },
): string[] {
  const { atHome, standIn } = now;
  return [
    ...(standIn.answered && !standIn.inRecovery
      ? [`${standIn.service} takes writes on timeline ${standIn.timeline}: there are two primaries, or it serves again`]
      : []),
    ...(atHome.answered ? [] : [`${primary.service} does not answer: ${atHome.problem ?? 'no reason known'}`]),
    ...(atHome.answered && atHome.inRecovery ? [`${primary.service} takes no writes any more, it is in recovery`] : []),
    ...(atHome.answered && !atHome.inRecovery && atHome.timeline !== primary.timeline
      ? [`${primary.service} was on timeline ${primary.timeline}, is now on ${atHome.timeline}`]
      : []),
  ];
}

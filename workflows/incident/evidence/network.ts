import type { Evidence, IncidentFacts } from '../../contracts/incident';

/** A container that runs in no network: nobody can reach it, and nothing is wrong with it. */
export const isCutOff = ({ resources }: IncidentFacts, service: string): boolean =>
  resources.some(({ containers }) =>
    containers.some((one) => one.service === service && one.running && one.networks.length === 0),
  );

/** The primary site as a whole does not answer, where others do. */
export function dataCentreFailure({ sites, services }: IncidentFacts): Evidence[] {
  const lost = sites.filter((one) => one.role === 'primary' && !one.answered);
  const others = sites.filter((one) => one.role !== 'primary' && one.answered);
  if (lost.length === 0) {
    const well = services.filter((one) => one.healthy).length;
    return [
      { says: 'the engine of the primary site answers', weight: -4 },
      ...(well > 0 ? [{ says: `${well} of its services are well`, weight: -1 }] : []),
    ];
  }
  return [
    ...lost.map(({ name, problem }) => ({
      says: `site ${name} does not answer: ${problem ?? 'no reason known'}`,
      weight: 5,
    })),
    ...others.map(({ name }) => ({ says: `site ${name} answers, so it is not our own network alone`, weight: 1 })),
  ];
}

/** What runs is not reached: between containers, or from here to a site that another one sees. */
export function networkLoss(facts: IncidentFacts): Evidence[] {
  const { services, paths, sites, databases } = facts;
  const running = services.filter((one) => one.state === 'running');
  const cut = running.filter((one) => isCutOff(facts, one.service));
  const lost = paths.paths.filter((one) => one.answer === 'no answer' || one.answer === 'no such host');
  const silent = lost.filter((one) => running.some(({ service }) => service === one.service));
  const backups = sites.filter((one) => one.role === 'backup' && !one.answered);
  const behind = databases.filter((one) => one.damage.answered && !one.clients.healthy);
  const primary = sites.find((one) => one.role === 'primary');
  const evidence: Evidence[] = [
    ...cut.map(({ service }, index) => ({
      says: `${service} runs, and is in no network`,
      weight: index === 0 ? 5 : 1,
    })),
    ...silent
      .filter(({ service }) => !cut.some((one) => one.service === service))
      .map(({ service, port, answer }, index) => ({
        says: `${service}:${port} runs and is not reached from ${paths.from ?? 'another container'}: ${answer}`,
        weight: index === 0 ? 3 : 1,
      })),
    ...behind.map(({ name, clients }) => ({
      says: `database ${name} answers on its own machine, and not through the client path: ${clients.says}`,
      weight: 2,
    })),
    ...backups.map(({ name, problem }) => ({
      says: `site ${name} is not reached: ${problem ?? 'no reason known'}`,
      weight: 1,
    })),
  ];
  if (evidence.length > 0) return evidence;
  if (primary && !primary.answered)
    return [
      { says: `site ${primary.name} is not reached: its network or all of it, from here that is the same`, weight: 2 },
    ];
  const tried = paths.paths.filter((one) => one.answer === 'connected').length;
  return [
    { says: `everything that runs is reached (${tried} paths tried from ${paths.from ?? 'nowhere'})`, weight: -3 },
  ];
}

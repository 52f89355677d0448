import type { Evidence, IncidentFacts } from '../../contracts/incident';

/** The database has read something that cannot be. What nobody has read yet is seen by no probe. */
export function databaseCorruption({ databases }: IncidentFacts): Evidence[] {
  return databases.flatMap(({ name, damage }): Evidence[] => {
    const { checksumFailures = 0, logged, answered, problem } = damage;
    const found: Evidence[] = [
      ...(checksumFailures > 0
        ? [{ says: `${name} counted ${checksumFailures} pages with a wrong checksum`, weight: 4 }]
        : []),
      ...(logged.length > 0 ? [{ says: `the log of ${name} says: ${logged.at(-1) ?? ''}`, weight: 3 }] : []),
    ];
    if (found.length > 0) return found;
    return answered
      ? [{ says: `${name} answers, and neither its counters nor its log speak of damage`, weight: -3 }]
      : [
          {
            says: `${name} does not answer (${problem ?? 'no reason known'}), and its log speaks of no damage`,
            weight: -1,
          },
        ];
  });
}

import type { Evidence, IncidentFacts } from '../../contracts/incident';

/** Files that are named on the card; more are counted. */
const named = 5;
/** A change counts as recent for this time, milliseconds. */
const recentMs = 24 * 3_600_000;

/** What the platform is made of cannot be read, is gone, or was changed, and something does not work since. */
export function configurationError({ configuration, services, at }: IncidentFacts): Evidence[] {
  const { problem, changed, certificate } = configuration;
  const missing = changed.files.filter((one) => one.state === 'missing');
  const recent = changed.files.filter(
    ({ changedAt }) => changedAt !== undefined && Date.parse(at) - Date.parse(changedAt) < recentMs,
  );
  const looping = services.filter((one) => one.state === 'restarting');
  const list = (files: { path: string }[]): string =>
    `${files
      .slice(0, named)
      .map((one) => one.path)
      .join(', ')}${files.length > named ? `, and ${files.length - named} more` : ''}`;
  const evidence: Evidence[] = [
    ...(problem === undefined ? [] : [{ says: `Compose cannot read the project: ${problem}`, weight: 5 }]),
    ...(missing.length > 0
      ? [{ says: `gone since bundle ${changed.bundle?.label ?? ''}: ${list(missing)}`, weight: 4 }]
      : []),
    ...(certificate === undefined ? [] : [{ says: `no certificate can be served: ${certificate}`, weight: 4 }]),
    ...looping.map(({ service }) => ({ says: `${service} dies at every start`, weight: 1 })),
    // Procedures change files, too (volumes, who is primary): only together with something that dies is a change a reason.
    ...(recent.length > 0
      ? [{ says: `changed in the last day: ${list(recent)}`, weight: looping.length > 0 ? 2 : 0 }]
      : []),
  ];
  if (evidence.some((one) => one.weight > 0)) return evidence;
  const read = changed.bundle
    ? `no file is gone since bundle ${changed.bundle.label}`
    : 'there is no bundle to compare with';
  return [...evidence, { says: `Compose reads the project, a certificate can be served, ${read}`, weight: -3 }];
}

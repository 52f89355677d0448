/** Claims of the scenarios that the plan prepares for. */
import type { Plan } from '../../../plan';
import { rehearsable } from '../drill';
import { databaseResource, type ProcedureName } from '../names';
import { inWindow, ran, why, type Claim, type Parts } from './claim';
import { bundleClaims, dataClaims } from './data';
import { siteClaims } from './failover';
import { ofBundles, ofDatabase, ofService, ofSites, ofSystem, pick } from './parts';
import { recoveryClaims } from './recovery';

/** What each procedure that answers a scenario depends on. */
function partsOfAnswer(procedure: string): Parts {
  const table: Partial<Record<string, Parts>> = {
    siteFailover: ofSites,
    serviceRecovery: ofService,
    isolateService: ofService,
    fullSystemRecovery: ofSystem,
    restoreConfiguration: ofBundles('configuration'),
    restoreCertificates: ofBundles('certificates'),
    relieveResources: (plan) => pick(plan, 'resources'),
    pointInTimeRecovery: (plan, run) =>
      ofDatabase(plan.databases.find((one) => databaseResource(one.name) === run.resource)?.name ?? run.resource)(
        plan,
        run,
      ),
  };
  return table[procedure] ?? (() => ({}));
}

/** Runs that are about a scenario by its name. Those that they start have proofs of their own. */
const ofScenario = ['incidentResponse', 'scenarioTest'];

/**
 * A scenario is proven by an incident of it, by a test of it, and by a run of its procedure where that answers no other scenario before it: a
 * service that was killed and came back says nothing of a network that was cut.
 */
export function scenarioClaim(plan: Plan, { name, title, procedure }: Plan['scenarios'][number]): Claim[] {
  const first = plan.scenarios.find((one) => one.procedure === procedure)?.name === name;
  const answered = ran(procedure as ProcedureName);
  const parts = partsOfAnswer(procedure);
  return [
    {
      id: `scenario.${name}`,
      says: `${title}: answered by ${procedure}`,
      section: 'risk',
      renewed: 'quarterly',
      about: (run) => (ofScenario.includes(run.procedure) ? run.scenario === name : first && answered(run)),
      parts: (now, run) => ({
        [`scenarios.${name}.procedure`]: now.scenarios.find((one) => one.name === name)?.procedure,
        ...(run.procedure === 'scenarioTest' ? pick(now, 'drills') : {}),
        ...(ofScenario.includes(run.procedure) ? {} : parts(now, run)),
      }),
      prove: proofOfScenario(plan, name, first ? procedure : undefined),
    },
  ];
}

/** @param procedure where a run of it proves the scenario */
function proofOfScenario(plan: Plan, name: string, procedure: string | undefined): string {
  if (plan.drills && rehearsable.includes(name)) return `./dr test scenario ${name} ${why}`;
  const others = [
    ...recoveryClaims(plan),
    ...plan.databases.flatMap((one) => dataClaims(one.name)),
    ...(['configuration', 'certificates'] as const).flatMap(bundleClaims),
    ...siteClaims(plan),
  ];
  const known = procedure === undefined ? undefined : others.find(({ id }) => id.endsWith(`.${procedure}`));
  return known?.prove ?? inWindow(`./dr incident open NAME --scenario ${name} --quiet ${why}`);
}

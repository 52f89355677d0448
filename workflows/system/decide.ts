/** Phase "Decide": what will be done, in which order, and how the data is brought back, on one card. */
import type { Approval } from '../contracts/approval';
import type { CardContent } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import { assess, inWords, type Assessment } from './assess';
import type { System } from './context';
import type { DataPath } from './data-path';
import { namesOf, type Waves } from './order';

/** For how long an assessment is as good as a new one, milliseconds. */
const freshMs = 10_000;

/** The facts that an approval is bound to: how the data is brought back decides what can be lost. */
interface Bound {
  paths: string[];
  unwell: string[];
}

/** @returns `latest`: the newest assessment, which is the approved one or does not differ from it in what was approved */
export async function decide(
  run: Run,
  system: System,
  first: Assessment,
): Promise<{ approval: Approval; latest: () => Assessment }> {
  const { plan, input } = system;
  let seen = first;
  let at = Date.now();
  run.phase('Decide');
  const approval = await run.gate<Bound>('recover', {
    policy: gatePolicy(plan, 'system.recover', input),
    freshMs,
    measure: async () => {
      if (Date.now() - at >= freshMs) {
        seen = await assess(run, system);
        at = Date.now();
      }
      return {
        paths: seen.databases.map(({ survey, way }) => `${survey.at.database.name}: ${way.path}`),
        unwell: [...seen.unwell.keys()],
      };
    },
    // A service more or less is none of what was decided: those that are well are not touched.
    drifted: (before, now) =>
      before.paths.join() === now.paths.join()
        ? undefined
        : `the data was to come back so: ${before.paths.join(', ')}; now: ${now.paths.join(', ')}`,
    answer: () =>
      input.policyMayAnswer
        ? 'policy: what is begun here starts what serves nobody; a run that takes data back asks at a gate of its own'
        : undefined,
    card: () => card(system, seen),
  });
  return { approval, latest: () => seen };
}

const dataWords: Record<DataPath, string> = {
  intact: 'is intact and left alone',
  pooler: 'takes writes; its pooler is mended',
  restart: 'is restarted on the data it has',
  failover: 'is continued on a standby: the run that promotes it asks where the policy may not answer',
  recover: 'is recovered from its backups: the run that does it asks before it cuts over',
  unreachable: 'cannot be reached',
};

const inOrder = (waves: Waves): string => waves.map((wave) => wave.map((one) => one.name).join(', ')).join(' → ');

function card({ plan, order }: System, { databases, stores, unwell, gateway }: Assessment): CardContent {
  const unanswered = stores.filter(({ facts }) => !facts.answered).map(({ at }) => at.store.name);
  const rest = namesOf(order.rest).length;
  return {
    title: 'Recover the whole system',
    will: [
      ...databases.map(({ survey, way }) => `Database ${survey.at.database.name} ${dataWords[way.path]}.`),
      ...(unanswered.length > 0
        ? [`Stores: ${unanswered.join(', ')} started, or restored where their volume is gone.`]
        : []),
      `Critical services first, in this order: ${inOrder(order.critical)}; then the gateway ${plan.gateway.service}; a client must get their pages.`,
      `Then the other ${rest} services; a client must get the pages of all.`,
      'Check the integrity of the data, place business transactions, make the standbys follow.',
    ],
    loss: databases.map(({ survey, way }) => ({
      label: `Data of ${survey.at.database.name}`,
      value: ['intact', 'pooler', 'restart'].includes(way.path)
        ? 'none that was committed'
        : 'measured by the run that does it, on its own card',
    })),
    facts: [
      ...databases.flatMap(({ survey, way }) =>
        way.because.map((value) => ({ label: `Database ${survey.at.database.name}`, value })),
      ),
      ...[...unwell.values()].map((one) => ({ label: one.service, value: inWords(one) })),
      { label: plan.gateway.service, value: gateway ? inWords(gateway) : 'not known' },
    ],
    tables: [],
    warnings: ['Services that are well are not touched.'],
  };
}

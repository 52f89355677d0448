/** Phase "Decide": which scenario it is. A person says so at a card; the plan may, where the facts leave no doubt. */
import { gatePolicy } from '../kernel/gate-policy';
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { noScenario, type Verdict } from '../contracts/incident';
import { Ended, Retargeted } from '../kernel/endings';
import type { CardContent } from '../kernel/gate';
import { notInPlan } from './messages';
import type { Incident } from './state';

export interface Choice {
  scenario: string;
  by: string;
}

/**
 * Asks, as often as it takes: nobody answering ends no incident.
 * @param failed what was tried before and did not help; then nothing begins by itself
 * @returns undefined: it was declared over meanwhile
 * @throws Ended when a person rejects the card: it is no incident
 */
export async function decide(incident: Incident, failed?: string): Promise<Choice | undefined> {
  const { run, said } = incident;
  for (;;) {
    if (said.declared) return undefined;
    const scope = new CancellationScope();
    incident.gate = scope;
    try {
      const { scenario } = incident.proposal ?? { scenario: noScenario };
      const { reference } = await scope.run(() => ask(incident, failed));
      return { scenario, by: reference.by };
    } catch (error) {
      if (error instanceof Retargeted)
        return { scenario: targetOf(error.target), by: run.view().gates.at(-1)?.answer?.by ?? 'a person' };
      if (error instanceof Ended && error.state === 'expired') {
        run.note('nobody answered the card: the on-call chain is called, and the card opens again');
        incident.telling?.unanswered();
        await incident.look('Look again');
        continue;
      }
      // Closed by the word that it is over, and not by the end of the run.
      if (isCancellation(error) && said.declared && !CancellationScope.current().consideredCancelled) return undefined;
      throw error;
    } finally {
      incident.gate = undefined;
    }
  }
}

function ask(incident: Incident, failed: string | undefined) {
  const { run, plan, input } = incident;
  run.phase('Decide');
  return run.gate('scenario', {
    policy: gatePolicy(plan, 'incident.scenario', input, 15 * 60_000),
    afterExpiry: 'the on-call chain is called, and the card opens again',
    // They were measured a moment ago, and what begins then measures for itself.
    measure: () =>
      Promise.resolve({ scenario: incident.proposal?.scenario, affected: incident.view().affected, failed }),
    drifted: () => undefined,
    answer: () =>
      failed === undefined && incident.automatic !== undefined
        ? `policy of the plan: ${incident.automatic} begins by itself where the facts leave no doubt`
        : undefined,
    retarget: (target) => notInPlan(incident, targetOf(target)),
    card: () => card(incident, failed),
  });
}

/** `"service-outage"`, or `{"scenario":"service-outage"}`. */
function targetOf(target: unknown): string {
  const named = (target as { scenario?: unknown } | null)?.scenario ?? target;
  return typeof named === 'string' ? named : JSON.stringify(named);
}

function card(incident: Incident, failed: string | undefined): CardContent {
  const { proposal, verdicts, facts, name } = incident;
  const choose = `./dr incident choose ${name} SCENARIO --reason "WHY"`;
  return {
    title: proposal ? `It looks like: ${proposal.title}` : 'Nothing speaks for any scenario of the plan',
    will: proposal
      ? [`Begin: ${proposal.begins}.`, 'Tell people that the cause is known.']
      : ['Begin nothing: people deal with it by hand.'],
    loss: [{ label: 'Affected now', value: incident.impact }],
    facts: [
      { label: 'Severity', value: `${incident.severity.name} (${incident.severity.title})` },
      ...(failed === undefined ? [] : [{ label: 'Tried before', value: failed }]),
      ...(proposal?.evidence ?? []).map(({ says, weight }) => ({
        label: weight > 0 ? 'For it' : 'Against it',
        value: says,
      })),
      ...(facts?.silent ?? []).map((value) => ({ label: 'Did not answer', value })),
    ],
    tables: [
      { title: 'Scenarios, the likeliest first', columns: ['scenario', 'likely?', 'because'], rows: verdicts.map(row) },
    ],
    warnings: [
      `Another one: ${choose} (SCENARIO is one of the first column, or ${noScenario}: people deal with it by hand).`,
      'To reject the card says that it is no incident: the run ends, and people are told.',
      'What works already: `./dr incident declare` ends it.',
    ],
  };
}

const row = ({ scenario, likelihood, score, evidence }: Verdict): string[] => [
  scenario,
  `${likelihood} (${score})`,
  evidence
    .map(({ says }) => says)
    .join('; ')
    .slice(0, 400),
];

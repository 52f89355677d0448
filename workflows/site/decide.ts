/** Phase "Decide": a person alone moves the platform to another site. */
import type { Approval } from '../contracts/approval';
import { bytes, count, duration, known } from '../contracts/words';
import type { CardContent } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import { assessSites, otherTimeline, type SeenMove, type SiteAssessment } from './assess';
import type { Move } from './context';
import { leftBehind, type Loss } from './picture';

/** For how long an assessment is as good as a new one, milliseconds. */
const freshMs = 10_000;

/** The facts that an approval is bound to. */
interface Bound {
  loss: Loss;
  databases: {
    name: string;
    old: string;
    serves: boolean;
    promote: string;
    usable: boolean;
    timeline: number;
    ms: number | null;
    transactions: number | null;
  }[];
}

export interface Decided {
  approval: Approval;
  /** The newest assessment, which is the approved one or does not differ from it in what was approved. */
  latest: () => SiteAssessment;
  /** Takes a newer assessment. @returns what of the approved facts does not hold in it; undefined: all of it does */
  lookedAgain: (now: SiteAssessment) => string | undefined;
}

/** Asks a person, on what was seen last. */
export async function decideMove(run: Run, move: Move, first: SiteAssessment): Promise<Decided> {
  const { plan, input } = move;
  const policy = plan.approvals.find((one) => one.gate === 'site.failover');
  const tolerance = policy?.driftTolerance ?? { seconds: 0, transactions: 0 };
  let seen = first;
  let at = Date.now();
  run.phase('Decide');
  const approval = await run.gate<Bound>('site-failover', {
    policy: gatePolicy(plan, 'site.failover', input),
    freshMs,
    measure: async () => {
      if (Date.now() - at >= freshMs) {
        seen = await assessSites(run, move);
        at = Date.now();
      }
      return boundBy(seen);
    },
    drifted: (before, now) => drift(before, now, tolerance),
    card: () => card(move, seen),
  });
  const approved = boundBy(seen);
  const lookedAgain = (now: SiteAssessment): string | undefined => {
    seen = now;
    at = Date.now();
    const behind = now.databases.map(({ facts }) => leftBehind(facts)).find((one) => one !== undefined);
    return behind ?? drift(approved, boundBy(now), tolerance);
  };
  return { approval, latest: () => seen, lookedAgain };
}

const boundBy = ({ loss, databases }: SiteAssessment): Bound => ({
  loss: loss.loss,
  databases: databases.map(({ database, facts: { survey, chosen, loss: lost } }) => ({
    name: database.name,
    old: survey.primary.service,
    serves: survey.primary.answered && !survey.primary.inRecovery,
    promote: chosen.service,
    usable: chosen.answered,
    timeline: chosen.timeline,
    ms: lost.ms,
    transactions: lost.transactions,
  })),
});

/** What a person has to see anew before it is done. */
function drift(before: Bound, now: Bound, tolerance: { seconds: number; transactions: number }): string | undefined {
  if (before.loss !== now.loss) return `the loss of the site was ${before.loss}, is now ${now.loss}`;
  for (const was of before.databases) {
    const is = now.databases.find((one) => one.name === was.name);
    if (!is || is.old !== was.old) return `the primary of ${was.name} was ${was.old}, is now ${is?.old ?? 'not known'}`;
    if (!was.serves && is.serves) return `the primary ${was.old} takes writes again`;
    if (!is.usable) return `${is.promote} does not answer any more`;
    if (is.timeline !== was.timeline) return `${is.promote} was on timeline ${was.timeline}, is now on ${is.timeline}`;
    // While the primary serves, what would be lost without its volume grows by itself; the card says so.
    if (was.serves || was.ms === null) continue;
    if (is.ms === null || is.ms - was.ms > tolerance.seconds)
      return `the loss was ${duration(was.ms)}, is now ${known(is.ms, duration)}; the plan tolerates ${duration(tolerance.seconds)} more`;
    if (was.transactions !== null && (is.transactions ?? Infinity) - was.transactions > tolerance.transactions)
      return `the loss was ${count(was.transactions)} transactions, is now ${known(is.transactions, count)}`;
  }
  return undefined;
}

const lossWords: Record<Loss, string> = {
  total: 'nothing of it answers, from anywhere',
  partial: 'some of it answers, and its clients are not served',
  cut: 'IT SERVES ITS CLIENTS; the sites do not reach each other',
  nothing: 'it serves, and the other site follows',
};

function card(move: Move, { reach, loss, databases }: SiteAssessment): CardContent {
  const { home, system, plan } = move;
  const { site } = system;
  return {
    title: `Serve from site ${site.name} in place of ${home.name}`,
    will: [
      `Stop the gateway, the pooler and the database of site ${home.name} for good, as far as it can be reached, and prove that the database takes no writes.`,
      ...databases.map(({ database, facts, promoted }) =>
        promoted
          ? `${facts.chosen.service} takes writes already: ${database.name} is left as it is.`
          : `Promote ${facts.chosen.service} and send the clients of ${database.name} at site ${site.name} to it.`,
      ),
      `Start the critical services at site ${site.name}, then its gateway; a client must get their pages. Then the rest.`,
      plan.traffic?.driver === 'command'
        ? `Send clients to it: ${plan.traffic.record} → ${site.publicName ?? site.name}, by the program of the plan.`
        : `Ask a person to send clients to it: ${plan.traffic?.record ?? plan.gateway.publicName} → ${site.publicName ?? site.name}.`,
    ],
    loss: databases.flatMap(lossOfOne),
    facts: [
      { label: `Site ${home.name}`, value: lossWords[loss.loss] },
      ...loss.because.map((value) => ({ label: 'Seen', value })),
      ...databases.map(({ facts }) => ({ label: 'Loss estimated from', value: facts.loss.basis })),
      ...databases.map((one) => ({
        label: `Fence of ${one.facts.survey.primary.service}`,
        value: fenceWords(one, reach !== undefined),
      })),
    ],
    tables: [],
    warnings: [
      ...(loss.loss === 'cut'
        ? [`Site ${home.name} works. A mended network loses nothing; this stops a site that serves.`]
        : []),
      ...databases.flatMap(({ database, facts: { survey } }) =>
        survey.standbys.some((one) => one.answered)
          ? [
              `${survey.standbys.map((one) => one.service).join(', ')} at site ${home.name} answers: \`dr failover ${database.name}\` keeps the platform at its site.`,
            ]
          : [],
      ),
      ...databases.flatMap(({ facts, promoted }) => (promoted ? [] : (otherTimeline(facts) ?? []))),
      'Until the promotion every step is undone on an abort. After it the way is forward.',
    ],
  };
}

const lossOfOne = ({ database, facts: { loss }, promoted }: SeenMove): CardContent['loss'] =>
  promoted
    ? [{ label: `Data of ${database.name}`, value: 'none by this run: it was promoted before' }]
    : [
        { label: `Data of ${database.name}, time at most`, value: known(loss.ms, duration) },
        { label: 'WAL that is not at the site', value: known(loss.bytes, bytes) },
        { label: 'Transactions', value: known(loss.transactions, count) },
      ];

/** Which fence can be proven, as far as can be said before it is tried. */
function fenceWords({ facts: { survey }, promoted }: SeenMove, worker: boolean): string {
  if (promoted) return 'was settled when its successor was promoted';
  if (!worker)
    return 'cannot be proven: the worker of its site does not answer; a person is asked to take the risk by name';
  if (!survey.primary.engineAnswered)
    return 'cannot be proven: the engine of its site does not answer; a person is asked to take the risk by name';
  return 'can be proven: the engine of its site answers';
}

/** The gate before each measure: answered by the plan where it calls the measure automatic, else by a person. */
import type { Approval } from '../contracts/approval';
import type { Hog, Relief } from '../contracts/resources';
import { duration } from '../contracts/words';
import type { CardContent } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import type { ResourceContext } from './context';
import { identityOf, titleOf } from './judge';
import { now } from './measure';

/** Thrown at a gate when what was exhausted is so no more, or the measure cannot be taken any more. */
export class Relieved extends Error {}

interface Facts {
  hog: Hog;
  relief: Relief;
}

/** For how long a measurement is as good as a new one, milliseconds. */
const freshMs = 2_000;

/** @param measuredAt when `hog` was measured, milliseconds since 1970 @throws Relieved */
export async function allow(
  run: Run,
  context: ResourceContext,
  hog: Hog,
  relief: Relief,
  measuredAt: number,
): Promise<{ approval: Approval; relief: () => Relief }> {
  const { input, plan } = context;
  // What was approved is what the card showed: no session and no file that came later.
  let shown = relief;
  const approval = await run.gate<Facts>('free', {
    policy: gatePolicy(plan, 'resources.free', input),
    freshMs,
    measure: async () => {
      if (Date.now() - measuredAt < freshMs) return { hog, relief };
      const seen = await now(run, context, hog.what);
      const same = seen?.reliefs.find((one) => one.kind === relief.kind && nameOf(one) === nameOf(relief));
      if (!seen || !same) throw new Relieved();
      return { hog: seen, relief: same };
    },
    drifted: (before, after) => {
      const [was, is] = [identityOf(before.relief), identityOf(after.relief)];
      return was === is ? undefined : `it was "${was}", is now "${is}"`;
    },
    answer: (facts) =>
      facts.relief.automatic && input.policyMayAnswer
        ? `policy of the plan: ${titleOf(facts.relief)} is automatic, and ${facts.hog.says}`
        : undefined,
    card: (facts) => {
      shown = facts.relief;
      return card(facts, plan.resources.sessions.idleInTransaction);
    },
  });
  return { approval, relief: () => shown };
}

const nameOf = (relief: Relief): string => (relief.kind === 'free' ? relief.entry.name : relief.kind);

function card({ hog, relief }: Facts, idleMs: number): CardContent {
  const sessions = relief.kind === 'terminate' ? relief.sessions : [];
  return {
    title: titleOf(relief),
    will: [...willOf(relief, idleMs), 'Measure again.'],
    loss: [{ label: 'Lost', value: lossOf(relief) }],
    facts: [{ label: hog.what, value: hog.says }],
    tables: [
      ...(sessions.length > 0
        ? [
            {
              title: 'Sessions',
              columns: ['pid', 'user', 'application', 'idle for'],
              rows: sessions
                .slice(0, 20)
                .map(({ pid, user, application, idleMs: idle }) => [String(pid), user, application, duration(idle)]),
            },
          ]
        : []),
    ],
    warnings: relief.kind === 'restart' ? [`${relief.service} serves nobody while it starts.`] : [],
  };
}

function willOf(relief: Relief, idleMs: number): string[] {
  switch (relief.kind) {
    case 'limit':
      return ['Set the memory limit of its container while it runs; nobody is interrupted.'];
    case 'restart':
      return [
        'End its container, in order if it can, start it again where it is, and wait until it says that it is well.',
      ];
    case 'free':
      return [
        `Remove files of entry ${relief.entry.name} of the plan that were not changed since ${new Date(relief.entry.olderThan).toISOString()}.`,
      ];
    case 'terminate':
      return [
        `End the sessions below, as far as they are still idle in a transaction; others of less than ${duration(idleMs)} stay.`,
      ];
  }
}

function lossOf(relief: Relief): string {
  switch (relief.kind) {
    case 'limit':
      return 'nothing';
    case 'restart':
      return 'requests that are open in it';
    case 'free':
      return 'these files; there is no way back';
    case 'terminate':
      return 'what these sessions have not committed';
  }
}

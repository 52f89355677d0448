/** Phase "Traffic": clients are sent to the site, and where they come to is looked at from outside. */
import type { Traffic } from '../../plan';
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { duration } from '../contracts/words';
import { Ended } from '../kernel/endings';
import type { Run } from '../kernel/run';
import type { Move } from './context';

/** Time for the change to be seen, beside what resolvers keep, milliseconds. */
const settleMs = 15_000;

/** What is moved, and where to: a site that takes over, or the primary one again. */
type Sent = Pick<Move, 'plan' | 'system'>;

/** The change of the record in words that can be typed. */
export const recordOf = ({ plan, system }: Sent): { record: string; target: string; ttl: number | undefined } => ({
  record: plan.traffic?.record ?? plan.gateway.publicName,
  target: system.site.publicName ?? system.site.name,
  ttl: plan.traffic?.ttl,
});

/** At home the record leads to the site without another name. */
const isItself = (move: Sent): boolean => recordOf(move).record === recordOf(move).target;

const whereTo = (move: Sent): string =>
  isItself(move) ? `site ${move.system.site.name} again, as it was before the failover` : recordOf(move).target;

/** Tells people at once what to change, where no program does it. */
export function askForRecord(run: Run, move: Sent): void {
  if (move.plan.traffic?.driver === 'command') return;
  const { record, target, ttl } = recordOf(move);
  run.task({
    text: `Site ${move.system.site.name} serves. Point ${record} at ${whereTo(move)}${ttl === undefined ? '' : ` (TTL ${duration(ttl)})`}, then answer the gate.`,
    commands: isItself(move) ? [] : [`${record}. CNAME ${target}.`],
  });
}

/** @returns whether clients are proven to come to the site; a person may have gone on without */
export async function sendTraffic(run: Run, move: Sent, valid: Approval): Promise<boolean> {
  const { traffic } = move.plan;
  run.phase('Traffic');
  if (traffic?.driver === 'command') return (await byCommand(run, move, traffic, valid)) && check(run, move, traffic);
  const approval = await byPerson(run, move).catch(notDone);
  run.task(undefined);
  if (approval instanceof Ended) {
    run.note(
      `the record was not changed: ${approval.message}; the site serves, and whoever asks by the public name waits`,
    );
    return false;
  }
  await run.irreversible(`Take it from ${approval.reference.by} that the record was changed`, approval, () =>
    Promise.resolve(),
  );
  if (traffic) return check(run, move, traffic);
  run.note('the plan names no traffic: where the public name leads was not looked at');
  return false;
}

async function byCommand(
  run: Run,
  move: Sent,
  traffic: Extract<Traffic, { driver: 'command' }>,
  valid: Approval,
): Promise<boolean> {
  const { site, on } = move.system;
  const { record, target } = recordOf(move);
  const done = await run.optional(
    `Send ${record} to ${target}`,
    () => on.brief.switchTraffic({ traffic, site, target, approval: valid.reference }),
    ({ says }) => says,
  );
  return done !== undefined;
}

/** The site serves already: that nobody changes the record now is an answer, and no reason to end the run. */
function notDone(error: unknown): Ended {
  if (error instanceof Ended && (error.state === 'rejected' || error.state === 'expired')) return error;
  throw error;
}

/** A gate, because somebody has to say that it was done: its approval is the record of who did it. */
function byPerson(run: Run, move: Sent): Promise<Approval> {
  const { record, target, ttl } = recordOf(move);
  const policy = move.plan.approvals.find((one) => one.gate === 'site.failover');
  return run.gate('traffic', {
    policy: { approvers: policy?.approvers ?? [], expiresMs: longMs, onExpiry: 'reject' },
    measure: () => Promise.resolve({ record, target }),
    drifted: () => undefined,
    card: () => ({
      title: `Send clients to site ${move.system.site.name}: point ${record} at ${whereTo(move)}`,
      will: [
        `Change the public record: ${isItself(move) ? `${record} to the address of site ${move.system.site.name}.` : `${record}. CNAME ${target}.`}${ttl === undefined ? '' : ` Resolvers keep the old one for up to ${duration(ttl)}.`}`,
        'Approve when it is done; the run then looks where the name leads.',
      ],
      loss: [],
      facts: [{ label: 'Where', value: 'at whoever keeps the DNS zone' }],
      tables: [],
      warnings: [
        'The site serves already: only whoever asks by the public name waits for this.',
        'A rejection ends the run with the record as it is; what was done stays.',
      ],
    }),
  });
}

/** Nobody takes a site back because a name was not changed in time: the gate waits for days. */
const longMs = 7 * 24 * 60 * 60_000;

async function check(run: Run, move: Sent, traffic: Traffic): Promise<boolean> {
  const { on } = move.system;
  const { record, target } = recordOf(move);
  if (isItself(move) && !traffic.page) {
    run.note(`${record} is the name of site ${move.system.site.name} itself: where it leads was not looked at`);
    return false;
  }
  const deadlineMs = Math.min(traffic.ttl, 60_000) + settleMs;
  const done = await run.optional(
    `Look where ${record} leads`,
    async () => {
      const answer = await on.probe.checkTraffic({ traffic, target, deadlineMs });
      const not = traffic.page ? `nobody answers under ${record}` : `clients are not sent to ${target}`;
      if (!answer.ok) throw drFailure('DR-TRAFFIC', `${not}: ${answer.says}`);
      return answer;
    },
    ({ says }) => says,
  );
  return done !== undefined;
}

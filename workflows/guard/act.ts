/** What a guard does about a verdict. */
import { sleep } from '@temporalio/workflow';
import type { GuardVerdict, Round } from '../contracts/guard';
import { controlQueue, databaseResource, recoveryLock } from '../contracts/names';
import { duration } from '../contracts/words';
import type { ChildEnd, ChildProcedure } from '../kernel/child';
import type { Run } from '../kernel/run';
import type { Cluster } from '../failover/context';
import { look } from '../failover/survey';
import type { DatabaseAt } from '../contracts/recovery';
import { membersToRebuild } from '../reprotect/candidates';
import { judge, type Judgement } from './judge';
import type { GuardState } from './state';
import { askAll } from './watch';

/** Why a person is called, in words they can act on. */
const alarms: Partial<Record<GuardVerdict, string>> = {
  'pooler-down': 'the database answers, but clients cannot reach it: look at the pooler',
  'half-dead': 'the database answers with errors: look at its log',
  'disk-full': 'the disk of the primary is full: free room there; a standby would inherit it',
  'too-many-connections': 'the primary takes no more connections: find who holds them; a standby would inherit them',
  'engine-unreachable': 'the database answers, but the Docker engine of its site does not: it could not be fenced now',
  'observer-isolated': 'an observer reaches nothing at all: look at its network; nothing is done on its word',
  unclear: 'the picture does not settle: look at the database',
};

export interface Context {
  run: Run;
  cluster: Cluster;
  state: GuardState;
}

/** Tells people that something needs them. The same verdict in other words goes on as the same alarm, with its first moment. */
export const raise = (
  { run, state }: Context,
  verdict: NonNullable<GuardState['alarm']>['verdict'],
  text: string,
): void => {
  const stands = state.alarm?.verdict === verdict ? state.alarm : undefined;
  if (stands?.text !== text) {
    // What every look words anew is still the same alarm.
    state.alarm = { verdict, text, since: stands?.since ?? new Date().toISOString() };
    run.record.note('note', `${inMaintenance(state) ? 'in maintenance' : 'ALARM'}: ${text}`);
  }
  show({ run, state });
};

const inMaintenance = (state: GuardState): boolean => state.freezeNow?.kind === 'maintenance';

/** Whether all is well, or the alarm that stands; also one that was raised while nobody was to be told. */
export const show = ({ run, state }: Pick<Context, 'run' | 'state'>): void => {
  if (!state.alarm) run.record.setState('watching');
  else if (!inMaintenance(state)) run.record.setState('alarm', state.alarm.text);
};

/** Ends the alarm, if there is one. */
export const clear = ({ run, state }: Context): void => {
  if (state.alarm)
    run.record.note('note', `all is well again; the alarm "${state.alarm.text}" had stood since ${state.alarm.since}`);
  state.alarm = undefined;
  state.holdOff = undefined;
  state.reprotectAgainAt = undefined;
  show({ run, state });
};

/** Judges what an observer saw; where the picture is ambiguous every observer is asked, as often as the plan wants. */
export async function assess(
  { cluster, state }: Context,
  at: DatabaseAt,
  first: Round,
): Promise<Judgement & { rounds: Round[][] }> {
  const needed = at.database.failover.rounds;
  const rounds: Round[][] = [[first]];
  let judged = judge(rounds, needed);
  // A round in which somebody got through begins the count anew, so a few more than needed may be asked.
  while (judged.suspected && rounds.length < needed + 3) {
    const round = await askAll(cluster, at, state.blind);
    rounds.push(round);
    judged = judge(rounds, needed);
  }
  return { ...judged, rounds };
}

/** Does what a verdict asks for, or tells people. @param seenAt UTC, the first sign of it */
export async function act(context: Context, at: DatabaseAt, judged: Judgement, seenAt: string): Promise<void> {
  switch (judged.verdict) {
    case 'healthy':
      return clear(context);
    case 'died':
    case 'frozen':
    case 'unreachable':
      return lost(context, at, judged, seenAt);
    case 'standby-broken':
      return standbyBroken(context);
    case 'disk-full':
    case 'engine-unreachable':
    case 'half-dead':
    case 'observer-isolated':
    case 'pooler-down':
    case 'too-many-connections':
    case 'unclear':
      return raise(
        context,
        judged.verdict,
        `${alarms[judged.verdict] ?? judged.verdict} (${judged.reasons.join(' | ')})`,
      );
  }
}

/** Ends of a run that somebody wanted, or that somebody was asked for in vain. */
const byPerson = new Set(['DR-REJECTED', 'DR-ABORTED', 'DR-APPROVAL-EXPIRED']);
const refusedPauseMs = 30_000;

async function lost(context: Context, at: DatabaseAt, judged: Judgement, seenAt: string): Promise<void> {
  const { run, state, cluster } = context;
  const { database } = cluster.home;
  const said = `the primary ${at.database.service} is lost (${judged.verdict})`;
  const frozen = state.freezeNow;
  if (frozen)
    return raise(
      context,
      judged.verdict,
      `${said}, and nothing is done: ${frozen.kind} by ${frozen.by} (${frozen.reason})`,
    );
  // Not by the alarm that stands: another one may have taken its place since.
  if (state.heldOff) return;
  if (judged.verdict === 'died' && (await cameBack(context, at))) return;
  const since = state.lastFailoverAt === undefined ? Infinity : Date.now() - Date.parse(state.lastFailoverAt);
  const soon = since < database.failover.minimumInterval;
  if (soon) run.note(`the last failover was ${duration(since)} ago: this one is for a person`);
  if (state.exposedSince)
    run.note(
      `commits were acknowledged without their standby since ${state.exposedSince}: this failover is for a person`,
    );
  const sample = state.sample?.service === at.database.service ? { sample: state.sample } : {};
  const end = await start(context, 'databaseFailover', {
    reason: said,
    policyMayAnswer: !soon && state.exposedSince === undefined,
    sighting: { verdict: judged.verdict, reasons: judged.reasons.map((one) => one.slice(0, 1000)), seenAt },
    ...sample,
  });
  if ('locked' in end) return raise(context, 'lock', `${said}, but ${end.locked} works on the database: standing back`);
  if ('failed' in end) {
    // What was refused has changed nothing, and its reason may pass. What a person has ended is theirs.
    const until = byPerson.has(end.failed.code) ? {} : { until: new Date(Date.now() + refusedPauseMs).toISOString() };
    state.holdOff = until;
    return raise(context, 'failed', `${said}, and the failover did not succeed: ${end.failed.message}`);
  }
  if (end.report.result['needed'] === false) return clear(context);
  state.lastFailoverAt = new Date().toISOString();
  state.holdOff = undefined;
  state.alarm = undefined;
  if (database.failover.reprotect) return reprotect(context, `after the failover from ${at.database.service}`);
  clear(context);
}

/** A server whose process died, started again by its restart policy, may be back sooner than the plan wants to move. */
async function cameBack({ run, cluster, state }: Context, at: DatabaseAt): Promise<boolean> {
  const { restartBudget } = at.database.failover;
  const end = Date.now() + restartBudget;
  while (Date.now() < end) {
    const judged = judge([await askAll(cluster, at, state.blind)], 1);
    if (judged.verdict === 'healthy' || judged.verdict === 'standby-broken') {
      run.note(`${at.database.service} died and came back in its place within ${duration(restartBudget)}`);
      return true;
    }
    await sleep(100);
  }
  return false;
}

async function standbyBroken(context: Context): Promise<void> {
  const { state, cluster } = context;
  const broken = membersToRebuild(await look(cluster, {}), undefined).map((one) => one.service);
  if (broken.length === 0) return clear(context);
  const text = `no standby to fall back on: ${broken.join(', ')} does not follow the primary`;
  const tried = state.alarm?.verdict === 'failed' || state.alarm?.verdict === 'lock';
  if (!cluster.home.database.failover.reprotect || state.freezeNow || tried)
    return raise(context, 'standby-broken', text);
  // A standby that is being restarted by somebody is back in a moment.
  if (state.alarm?.verdict !== 'standby-broken') return raise(context, 'standby-broken', text);
  if (Date.now() - Date.parse(state.alarm.since) < standbyGraceMs) return;
  if (state.reprotectAgainAt !== undefined && Date.now() < state.reprotectAgainAt) return;
  await reprotect(context, text);
}

const standbyGraceMs = 10_000;

/** A reprotection that did not help, or that a person ended, is not begun again before this. */
const reprotectPauseMs = 10 * 60_000;

/** Starts it and watches on: it may wait for a person, or copy for hours, and the primary can be lost meanwhile. */
async function reprotect(context: Context, reason: string): Promise<void> {
  const { run, cluster, state } = context;
  const { database } = cluster.home;
  await run.child('Start reprotectDatabase', childOf(database.name, 'reprotectDatabase', { reason }));
  state.reprotectAgainAt = Date.now() + reprotectPauseMs;
  raise(context, 'standby-broken', `no standby to fall back on until it is rebuilt (${reason})`);
}

function start({ run, cluster }: Context, procedure: string, input: Record<string, unknown>): Promise<ChildEnd> {
  run.record.setState('running');
  return run.childResult(`Start ${procedure}`, childOf(cluster.home.database.name, procedure, input));
}

const childOf = (database: string, procedure: string, input: Record<string, unknown>): ChildProcedure => ({
  procedure,
  workflowId: recoveryLock(databaseResource(database)),
  taskQueue: controlQueue,
  input: { database, by: 'guard', ...input },
});

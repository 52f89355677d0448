/**
 * The guard of a database: one long-lived run that watches it from every site, tells people what is wrong, and starts the
 * failover when the primary is lost. It never promotes anything itself. `freeze` keeps it from starting anything.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Plan } from '../plan';
import { guardInputSchema, type GuardInput, type ProbeAnswer } from './contracts/guard';
import { databaseResource, guardLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { problemOf } from './contracts/errors';
import { known } from './contracts/words';
import { clusterOf } from './failover/context';
import { look, type Survey } from './failover/survey';
import { act, assess, clear, raise, show, type Context } from './guard/act';
import { answersWrites } from './guard/judge';
import { listenForFreeze } from './guard/messages';
import { GuardState } from './guard/state';
import { keepSynchronous } from './guard/synchronous';
import { askAll, watch } from './guard/watch';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';

/**
 * The procedure `guardDatabase`. @param input one JSON object: see `guardInputSchema`
 * It ends only when it is told to; its history is begun anew from time to time, with what it knows carried over.
 */
export async function guardDatabase(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'guardDatabase',
      schema: guardInputSchema,
      describe: ({ database, reason, by }) => {
        const resource = databaseResource(database);
        return {
          resource,
          lock: guardLock(resource),
          mode: 'guard',
          summary: `guard ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

/** In peace the observers report this often, so that their last sample is in the history too. */
const peaceMs = 10 * 60_000;
/** While something is wrong it is looked at again this often. */
const unrestMs = 2_000;
/** Events after which the history is begun anew. */
const longHistory = 2_000;

async function body(run: Run, input: GuardInput, plan: Plan): Promise<Finished> {
  const state = new GuardState(input.carried);
  const cluster = clusterOf(run, input.database, plan, false);
  const context: Context = { run, cluster, state };
  let told = false;
  listenForFreeze(run, state, () => (told = true));

  run.phase('Watch');
  for (;;) {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (continueAsNewSuggested || historyLength > longHistory) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof guardDatabase>({ ...input, carried: state.carry() });
    }
    told = false;
    try {
      await round(context, () => told);
    } catch (error) {
      // A guard that ends because one look failed guards nothing.
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      raise(context, 'unclear', `the database cannot be looked at: ${problemOf(error).message}`);
      await sleep(unrestMs);
    }
  }
}

/** Looks around, watches until something happens, and does what it asks for. */
async function round(context: Context, told: () => boolean): Promise<void> {
  const { run, cluster, state } = context;
  const survey = await look(cluster, {});
  await keepSynchronous(run, survey, state);
  show(context);
  publish(run, state, survey);
  const watched = await watch(cluster, {
    at: survey.at,
    known: knownFaults(state),
    peaceMs: unrest(state) ? restMs(state) : peaceMs,
    blind: state.blind,
    told,
  });
  if ('told' in watched) return;
  if ('sees' in watched) return heard(context, watched.sees);
  if ('lost' in watched) {
    // A worker that was replaced looks again at once; one that cannot is cut off.
    if ((await askAll(cluster, survey.at)).some((one) => one.observer === watched.lost)) return;
    state.blind.add(watched.lost);
    const text = `the observer of site ${watched.lost} is gone: ${watched.why}; nothing is done on its word`;
    return raise(context, 'observer-isolated', text);
  }
  const { round: seen, by, says } = watched.seen;
  if (seen.sample) state.sample = seen.sample;
  if (by === 'peace') return state.alarm ? settle(context, survey) : undefined;
  run.record.note('note', `seen from ${seen.observer}: ${says}`);
  const judged = await assess(context, survey.at, seen);
  // Its restart policy was quicker than any look: what the clients saw of it is worth a line.
  if (seen.ended && answersWrites(judged.rounds.at(-1) ?? []))
    run.note(`${survey.primary.service} died and came back in its place`);
  if (judged.verdict === 'observer-isolated') state.blind.add(seen.observer);
  await act(context, survey.at, judged, seen.startedAt);
  // Whatever stands now is not news any more; a moment's rest keeps a broken world from filling the history.
  if (unrest(state)) await sleep(restMs(state));
}

/** Clients that wait for a standby that is gone are not kept waiting for longer than the plan says. */
const restMs = ({ degradeAt }: GuardState): number =>
  degradeAt === undefined ? unrestMs : Math.min(unrestMs, Math.max(100, degradeAt - Date.now()));

/** Something is wrong that every look shows. An observer that is cut off is none of that: the others watch on in peace. */
const unrest = ({ alarm, exposedSince }: GuardState): boolean =>
  exposedSince !== undefined || (alarm !== undefined && alarm.verdict !== 'observer-isolated');

/** An observer that was cut off reaches something again, and is listened to again. */
function heard(context: Context, site: string): void {
  const { run, state } = context;
  state.blind.delete(site);
  run.note(`the observer of site ${site} sees again`);
  if (state.alarm?.verdict === 'observer-isolated' && state.blind.size === 0) clear(context);
}

/** An alarm ends when every observer says so. */
async function settle(context: Context, survey: Survey): Promise<void> {
  const { alarm } = context.state;
  if (alarm?.verdict === 'observer-isolated' && context.state.blind.size > 0) return;
  if (alarm?.verdict === 'standby-broken')
    return act(context, survey.at, { verdict: 'standby-broken', reasons: [], suspected: false }, '');
  // Looked away from, not well: that ends when it answers again.
  if (knownFaults(context.state).length > 0) return;
  clear(context);
}

/** Probes whose failing is the alarm that stands; the watch goes on without them and ends when they answer again. */
const faultsOf: Partial<Record<NonNullable<GuardState['alarm']>['verdict'], ProbeAnswer['probe'][]>> = {
  'pooler-down': ['client-path'],
  'standby-broken': ['standby', 'client-path'],
  'engine-unreachable': ['engine'],
};

const knownFaults = ({ alarm }: GuardState): ProbeAnswer['probe'][] => (alarm && faultsOf[alarm.verdict]) ?? [];

function publish(run: Run, state: GuardState, { primary, standbys, at }: Survey): void {
  const frozen = state.freezeNow;
  const synchronous = at.database.replication.synchronous;
  run.facts('Now', [
    {
      label: 'Primary',
      value: `${primary.service}${primary.answered ? ` at ${primary.receivedLsn}, timeline ${primary.timeline}` : `: ${primary.problem ?? 'does not answer'}`}`,
    },
    ...standbys.map((one) => ({
      label: `Standby ${one.service}`,
      value: one.answered
        ? `${one.receiver ?? 'does not stream'}, has ${one.receivedLsn}`
        : (one.problem ?? 'does not answer'),
    })),
    { label: 'Last sample', value: known(state.sample, (one) => `${one.lsn} at ${one.at}`) },
    { label: 'Last failover', value: known(state.lastFailoverAt, (at) => at) },
    ...(synchronous
      ? [
          {
            label: 'RPO 0',
            value: state.exposedSince
              ? `does NOT hold since ${state.exposedSince}`
              : 'holds: commits wait for a standby',
          },
        ]
      : []),
    ...(frozen
      ? [
          {
            label: 'Frozen',
            value: `${frozen.kind} by ${frozen.by} since ${frozen.since}${frozen.until ? ` until ${frozen.until}` : ''}: ${frozen.reason}`,
          },
        ]
      : []),
  ]);
}

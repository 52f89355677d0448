/** Phase 3: the clients are held, the old primary is stopped for good, proven, marked, and its last WAL is taken over. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { HaltedServer } from '../../activities/docker';
import type { Approval } from '../contracts/approval';
import type { Salvage } from '../contracts/cluster';
import { problemOf } from '../contracts/errors';
import type { FailoverInput } from '../contracts/failover';
import type { FenceProof } from '../contracts/recovery';
import type { Problem } from '../contracts/run-view';
import { bytes, duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import { beside, siteOf, type Cluster } from './context';
import type { FailoverFacts } from './decide';
import { demandStandby } from './still-standby';
import { acceptUnproven } from './unproven';

/** How long transactions may take to end on a server that works; on a lost one they do not end by waiting. */
const drainMs = 200;
const drainLostMs = 20;
/** How long a server that still works may take to stop in order; it then sends its standby everything. */
const stopTimeoutMs = 10_000;
/** An engine that says nothing for so long while nobody is served is taken for one that hangs. */
const engineSilenceMs = 3_000;

export interface Fenced {
  /** Absent where it could not be proven and a person took the risk. */
  proof?: FenceProof;
  salvage: Salvage;
  /** The clients wait at the pooler. */
  held: boolean;
}

export interface FenceOptions {
  /** Why the WAL of the old primary is of no use to the standby, in a sentence: then none is taken over. */
  noSalvage?: string;
}

/**
 * Nobody writes to the old primary any longer, and what it had is taken over. Clients are held meanwhile, where the pooler can.
 * What its site cannot do does not fail the run: without a proof a person is asked whether to go on.
 */
export async function fence(
  run: Run,
  cluster: Cluster,
  input: FailoverInput,
  facts: FailoverFacts,
  approval: Approval,
  { noSalvage }: FenceOptions = {},
): Promise<Fenced> {
  const { at, primary } = facts.survey;
  const yes = approval.reference;
  const old = beside({ site: at.site.name });
  const [held, halted] = await Promise.all([
    holdClients(run, cluster, approval, primary.answered ? drainMs : drainLostMs),
    run.change(
      'Stop the old primary for good',
      () =>
        attempt(() =>
          old.urgent.haltServer({
            ...at,
            containerId: primary.container?.id ?? '',
            lookUp: !primary.engineAnswered,
            stopTimeoutMs: primary.answered ? stopTimeoutMs : 0,
            engineSilenceMs,
            approval: yes,
          }),
        ),
      {
        undo: { title: 'Let the old primary be as it was', act: () => restore(cluster, facts, approval) },
        outcome: describeHalt,
      },
    ),
  ]);
  // An engine that did not answer the first look may have done so by now: then it has told which container it was.
  const stopped = 'failed' in halted ? undefined : halted;
  const target: FenceTarget = {
    containerId: primary.container?.id ?? stopped?.containerId ?? '',
    volume: primary.dataVolume ?? stopped?.dataVolume ?? '',
    ...(stopped?.address ? { oldAddress: stopped.address } : {}),
  };
  const salvaging = (): Promise<Salvage> =>
    'failed' in halted
      ? Promise.resolve(nothingSalvaged(facts, halted.failed.message))
      : noSalvage !== undefined
        ? Promise.resolve(nothingSalvaged(facts, noSalvage))
        : salvageWal(run, cluster, facts, target, approval);
  const [proof, marked, salvage] = await Promise.all([
    run.change('Prove the fence', () => prove(facts, target), { outcome: describeProof }),
    run.change(
      'Mark it as a standby at most',
      () =>
        attempt(() =>
          old.urgent.markDemoted({ ...at, ...target, image: imageOf(facts), engineSilenceMs, approval: yes }),
        ),
      {
        outcome: (value) =>
          'failed' in value ? `NOT DONE: ${value.failed.message}` : 'standby.signal is in its data directory',
      },
    ),
    salvaging(),
  ]);
  if ('failed' in marked)
    run.note(
      `${at.database.service} is NOT marked as a standby: whoever starts it by hand starts a second primary (${marked.failed.message})`,
    );
  if (!('failed' in proof)) return { proof, salvage, held };
  const proven = await acceptUnproven(run, cluster, input, facts, proof.failed, () => prove(facts, target));
  return { ...(proven ? { proof: proven } : {}), salvage, held };
}

const describeHalt = (value: Attempt<HaltedServer>): string => {
  if ('failed' in value) return `NOT DONE: ${value.failed.message}`;
  return value.exists ? `stopped, exit code ${value.exitCode}` : 'its container is gone';
};

const describeProof = (value: Attempt<FenceProof>): string =>
  'failed' in value
    ? `NOT PROVEN: ${value.failed.message}`
    : `not running, restart policy ${value.restartPolicy || 'none'}, connect: ${value.connect}`;

/** What a site cannot do is an answer here: whether to go on without it is decided once, at the gate. */
export type Attempt<T> = T | { failed: Problem };

export async function attempt<T extends object>(act: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { failed: problemOf(error) };
  }
}

/** What was stopped, as far as it is known. */
interface FenceTarget {
  containerId: string;
  volume: string;
  oldAddress?: string;
}

const prove = ({ survey: { at } }: FailoverFacts, target: FenceTarget): Promise<Attempt<FenceProof>> =>
  attempt(() => beside({ site: at.site.name }).urgent.proveFence({ ...at, ...target, engineSilenceMs }));

/** The fence once more, right before a promotion that had to be tried again. */
export async function proveAgain(facts: FailoverFacts): Promise<void> {
  const { at, primary } = facts.survey;
  await beside({ site: at.site.name }).probe.proveFence({
    ...at,
    containerId: primary.container?.id ?? '',
    volume: primary.dataVolume ?? '',
  });
}

/** A pooler that is down holds nobody, and lets nobody through either: the repointing will say so. */
async function holdClients(run: Run, cluster: Cluster, approval: Approval, drainMs: number): Promise<boolean> {
  const { home } = cluster;
  const on = beside({ site: home.site.name });
  let pausedBefore = false;
  const paused = await run.change(
    'Hold the clients',
    async () => {
      const paused = await attempt(() => on.urgent.pauseClients({ ...home, drainMs, approval: approval.reference }));
      if (!('failed' in paused)) pausedBefore = paused.alreadyPaused;
      return paused;
    },
    {
      undo: {
        title: 'Let the clients in again',
        act: async () => (pausedBefore ? undefined : on.brief.resumeClients({ ...home, approval: approval.reference })),
      },
      outcome: (value) =>
        'failed' in value
          ? `not held: ${value.failed.message}`
          : `${value.killed ? 'connections cut' : 'drained'} after ${duration(value.waitedMs)}`,
    },
  );
  return !('failed' in paused);
}

async function salvageWal(
  run: Run,
  cluster: Cluster,
  facts: FailoverFacts,
  target: FenceTarget,
  approval: Approval,
): Promise<Salvage> {
  const { survey, chosen } = facts;
  const { at } = survey;
  const member = cluster.members.find((one) => one.service === chosen.service) ?? cluster.members[0];
  const site = member ? siteOf(cluster, member) : at.site;
  return run.change(
    'Salvage the WAL that the standby has not',
    () =>
      beside({ site: site.name }).brief.salvageWal({
        ...at,
        containerId: target.containerId,
        volume: target.volume,
        image: imageOf(facts),
        to: {
          container: chosen.container?.id ?? '',
          service: chosen.service,
          site,
          ...(chosen.dataVolume ? { volume: chosen.dataVolume } : {}),
        },
        timeline: chosen.timeline,
        systemIdentifier: chosen.systemIdentifier,
        fromLsn: chosen.receivedLsn,
        walSegmentBytes: chosen.walSegmentBytes,
        approval: approval.reference,
      }),
    {
      outcome: (value) =>
        value.complete
          ? `${value.segments.length} segment(s), ${bytes(value.bytes)}, from ${value.fromLsn} on`
          : `NOTHING: ${value.problem ?? ''}`,
      skip: () => ({
        complete: false,
        fromLsn: chosen.receivedLsn,
        segments: [],
        bytes: 0,
        problem: 'skipped by a person',
        durationMs: 0,
      }),
    },
  );
}

/** Image whose programs read the data: of the lost server, or, when its container is gone, of its standby. */
const imageOf = ({ survey: { primary }, chosen }: FailoverFacts): string =>
  primary.container?.imageId ?? chosen.container?.imageId ?? '';

const nothingSalvaged = ({ chosen }: FailoverFacts, problem: string): Salvage => ({
  complete: false,
  fromLsn: chosen.receivedLsn,
  segments: [],
  bytes: 0,
  problem,
  durationMs: 0,
});

/** The way back: the mark is taken off, the restart policy put back, and a server that ran runs again. */
async function restore(cluster: Cluster, facts: FailoverFacts, approval: Approval): Promise<void> {
  const { survey, chosen } = facts;
  const { at, primary } = survey;
  const { container, dataVolume } = primary;
  if (!dataVolume) return;
  await demandStandby(cluster, chosen.service);
  const on = beside({ site: at.site.name });
  await on.brief.unmarkDemoted({ ...at, volume: dataVolume, image: imageOf(facts), approval: approval.reference });
  await on.brief.unfenceServer({
    ...at,
    containerId: container?.id ?? '',
    restartPolicy: container?.restartPolicy || 'no',
    wasRunning: container?.running ?? false,
    networks: container?.networks ?? [],
    expectVolume: dataVolume,
    approval: approval.reference,
  });
}

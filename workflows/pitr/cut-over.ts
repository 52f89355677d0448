/** Phase 4: clients paused, the damaged server fenced, the copy promoted and put in its place, clients let in, proven. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import type { ClientWrite, FenceProof, Loss, PromotedCopy } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import type { SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import { damageOf, type Prepared } from './restore';
import { askWitnesses } from './witness';
import { count, duration, known } from '../contracts/words';

export interface Moved {
  approval: Approval;
  promoted: PromotedCopy;
  fence: FenceProof;
  loss: Loss;
  write: ClientWrite;
  /** Commit time of the direct write, before the clients were let in: whatever was committed later is theirs, and new. */
  reopenedAt: string;
}

/** How long a server may take to stop in order before it is killed. */
const stopTimeoutMs = 20_000;
/** How long the first write through the client path is tried before the step fails. */
const clientWriteDeadlineMs = 15_000;

export async function cutOver(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  prepared: Prepared,
  approval: Approval,
): Promise<Moved> {
  const { at } = recovery;
  const { copy, damaged, damagedVolume } = prepared;
  const yes = approval.reference;
  const containerId = damaged.container?.id ?? '';
  const restartPolicy = damaged.container?.restartPolicy ?? 'no';

  await run.change('Pause the clients', () => on.change.pauseClients({ ...at, approval: yes }), {
    undo: { title: 'Let the clients in again', act: () => on.change.resumeClients(at) },
    outcome: (value) => `${value.killed ? 'connections cut' : 'drained'} after ${duration(value.waitedMs)}`,
  });
  const loss = await run.probe(
    'Measure the final loss',
    () => on.probe.measureLoss({ ...at, copy }),
    (value) => `${known(value.windowMs, duration)}, ${known(value.transactions, count)} transactions`,
  );
  const fence = await run.change(
    'Fence the damaged server and prove it',
    () => on.change.fenceServer({ ...at, containerId, stopTimeoutMs, approval: yes }),
    {
      undo: {
        title: 'Start the damaged server again',
        act: () => on.change.unfenceServer({ ...at, containerId, restartPolicy }),
      },
      outcome: (value) => `not running, restart policy ${value.restartPolicy}, connect: ${value.connect}`,
    },
  );
  const promoted = await run.change(
    'Promote the copy',
    () => on.irreversible.promoteCopy({ ...at, copy, approval: yes }),
    {
      outcome: (value) => `timeline ${value.timeline} in ${duration(value.durationMs)}`,
    },
  );
  await inspectTheRest(run, on, recovery, prepared);
  await run.change('Stop the copy in order', () => on.change.stopCopy({ ...at, copy, approval: yes }));
  await run.change(
    "Put the copy in the server's place",
    async () => {
      await on.change.useDataVolume({ ...at, volume: copy.volume, approval: yes });
      return on.change.startServer({ ...at, expectVolume: copy.volume });
    },
    {
      undo: {
        title: 'Put the damaged server back in its place',
        act: async () => {
          await on.change.useDataVolume({ ...at, volume: damagedVolume, approval: yes });
          await on.change.startServer({ ...at, expectVolume: damagedVolume });
        },
      },
      outcome: (value) => `started in ${duration(value.durationMs)}`,
    },
  );
  const direct = await run.change(
    'Write to it directly',
    () => on.change.directWrite({ ...at, expectTimeline: promoted.timeline }),
    {
      outcome: (value) => `committed on timeline ${value.timeline}`,
    },
  );
  await run.change('Point the pooler at it', () => on.change.repointClients({ ...at, host: at.database.service }));
  run.pointOfNoReturn('the clients write to the recovered database');
  await run.change('Let the clients in', () => on.change.resumeClients(at));
  const write = await run.probe(
    'Write through the client path',
    () =>
      on.probe.clientWrite({
        ...at,
        expect: { systemIdentifier: promoted.systemIdentifier, timeline: promoted.timeline },
        deadlineMs: clientWriteDeadlineMs,
      }),
    (value) => `committed and read back on timeline ${value.timeline} after ${duration(value.durationMs)}`,
  );
  run.verified('a committed write came back through the client path', loss.windowMs);
  await askWitnesses(run, on, recovery, prepared, direct.committedAt);
  return { approval, promoted, fence, loss, write, reopenedAt: direct.committedAt };
}

/** Tables the excluded transaction had locked can be read only now: before the copy serves anyone. */
async function inspectTheRest(run: Run, on: SiteProxies, recovery: Recovery, prepared: Prepared): Promise<void> {
  const locked = prepared.inspection.tables.filter((one) => one.after === null).map((one) => one.table);
  if (locked.length === 0) return;
  const rest = await run.change(
    `Inspect the tables that were locked: ${locked.join(', ')}`,
    async () => {
      const seen = await on.probe.inspectPromoted({ ...recovery.at, copy: prepared.copy, tables: locked });
      const findings = damageOf({ ...prepared.inspection, amcheck: seen.amcheck });
      if (findings.length > 0) throw drFailure('DR-CORRUPT', `the promoted copy is damaged: ${findings.join('; ')}`);
      return seen;
    },
    {
      outcome: (seen) =>
        `amcheck clean; ${seen.tables.map((one) => `${one.table} ${known(one.after, count)} rows`).join(', ')}`,
    },
  );
  run.evidence(...rest.evidence);
  run.facts(
    'Counted after promotion',
    rest.tables.map((one) => ({ label: one.table, value: `${known(one.after, count)} rows` })),
  );
}

/** Phase 4: clients paused, the damaged server fenced, the copy promoted and put in its place, clients let in, proven. */
import type { Approval, ApprovalReference } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import type { ClientWrite, FenceProof, Loss, PromotedCopy } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import { lastKnown, lossDrift, tolerated } from './decide';
import { amcheckWords, damageOf, type Prepared } from './restore';
import { databaseResource } from '../contracts/names';
import { count, duration, known } from '../contracts/words';

export interface Moved {
  approval: Approval;
  promoted: PromotedCopy;
  fence: FenceProof;
  loss: Loss;
  write: ClientWrite;
  kept: Kept;
  /** Commit time of the direct write, before the clients were let in: whatever was committed later is theirs, and new. */
  reopenedAt: string;
}

/** The damaged data: where it is, and until when it stays. */
export interface Kept {
  volume: string;
  until: string;
  reason: string;
}

/** How long a server may take to stop in order before it is killed. */
const stopTimeoutMs = 20_000;
/** How long the first write through the client path is tried before the step fails. */
const clientWriteDeadlineMs = 15_000;

/**
 * Puts the approved copy in the server's place. Up to the moment the clients are let in every step has its undo; from then on
 * an abort leaves what was done.
 * @param approval still valid: its facts were measured again right before
 * @returns what was moved, and the first write through the client path, which stops the RTO clock
 */
export async function cutOver(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  prepared: Prepared,
  approval: Approval,
): Promise<Moved> {
  const { at, key } = recovery;
  const { copy, damaged, damagedVolume } = prepared;
  const yes = approval.reference;
  const containerId = damaged.container?.id ?? '';
  const restartPolicy = damaged.container?.restartPolicy ?? 'no';
  // What was so before is so after an undo: a server somebody had stopped, clients somebody had paused.
  const wasRunning = damaged.container?.running ?? true;
  const networks = damaged.container?.networks ?? [];
  let pausedBefore = false;
  const letIn = (): Promise<unknown> => on.brief.resumeClients({ ...at, approval: yes });

  // Both come after the clients are let in again: nobody is served by them.
  let begun: PromotedCopy | undefined;
  undoTimeline(run, on, recovery, prepared, yes, () => begun);

  await run.change(
    'Pause the clients',
    async () => {
      const paused = await on.brief.pauseClients({ ...at, approval: yes });
      pausedBefore = paused.alreadyPaused;
      return paused;
    },
    {
      undo: {
        title: 'Let the clients in again',
        act: async () => (pausedBefore ? undefined : letIn()),
      },
      outcome: (value) => `${value.killed ? 'connections cut' : 'drained'} after ${duration(value.waitedMs)}`,
    },
  );
  const loss = await finalLoss(run, on, recovery, prepared);
  const fence = await run.change(
    'Fence the damaged server and prove it',
    () => on.brief.fenceServer({ ...at, containerId, stopTimeoutMs, approval: yes }),
    {
      undo: {
        title: 'Start the damaged server again',
        act: () =>
          on.brief.unfenceServer({
            ...at,
            containerId,
            restartPolicy,
            wasRunning,
            networks,
            expectVolume: damagedVolume,
            approval: yes,
          }),
      },
      outcome: (value) => `not running, restart policy ${value.restartPolicy || 'none'}, connect: ${value.connect}`,
    },
  );
  if (fence.evidence) run.evidence(fence.evidence);
  const promoted = await run.change(
    'Promote the copy',
    async () => {
      // A step that was held may come back hours later: the fence is proven again, at the last moment.
      await on.probe.proveFence({ ...at, containerId, volume: damagedVolume });
      return on.irreversible.promoteCopy({ ...at, copy, approval: yes });
    },
    { outcome: (value) => `timeline ${value.timeline} in ${duration(value.durationMs)}` },
  );
  await inspectTheRest(run, on, recovery, prepared);
  const { systemIdentifier } = promoted;
  await Promise.all([
    run.change('Stop the copy in order', () => on.brief.stopCopy({ ...at, copy, approval: yes })),
    run.change(
      "Point the service at the copy's volume",
      () => on.brief.useDataVolume({ ...at, volume: copy.volume, systemIdentifier, approval: yes }),
      {
        undo: {
          title: 'Put the damaged server back in its place',
          act: async () => {
            await on.brief.useDataVolume({ ...at, volume: damagedVolume, systemIdentifier, approval: yes });
            await on.brief.startServer({ ...at, expectVolume: damagedVolume, approval: yes });
          },
        },
        outcome: (value) => `${value.from} → ${value.to}`,
      },
    ),
  ]);
  await run.change(
    "Put the copy in the server's place",
    () => {
      // From here on it may archive, and the standbys may see its timeline.
      begun = promoted;
      return on.brief.startServer({ ...at, expectVolume: copy.volume, approval: yes });
    },
    { outcome: (value) => `started in ${duration(value.durationMs)}` },
  );
  // The history goes into the archive with the first segments of the new timeline, before anything can end this run: a
  // timeline without its history is one the next recovery would take again.
  const [, direct] = await Promise.all([
    run.change('Push the timeline history', () =>
      on.brief.pushHistory({ ...at, timeline: promoted.timeline, approval: yes }),
    ),
    reachServer(run, on, recovery, promoted, yes),
  ]);
  run.pointOfNoReturn('the clients write to the recovered database');
  const [, kept] = await Promise.all([
    run.change('Let the clients in', letIn, {
      // Not a way back but the way forward: a run that ends here must not leave the clients waiting.
      undo: { title: 'Let the clients in', act: letIn },
    }),
    keepDamaged(run, on, recovery, damagedVolume, key),
  ]);
  const write = await run.probe(
    'Write through the client path',
    () =>
      on.probe.clientWrite({
        ...at,
        expect: { systemIdentifier, timeline: promoted.timeline },
        deadlineMs: clientWriteDeadlineMs,
      }),
    (value) => `committed and read back on timeline ${value.timeline} after ${duration(value.durationMs)}`,
  );
  run.verified('a committed write came back through the client path', loss.windowMs);
  return { approval, promoted, fence, loss, write, kept, reopenedAt: direct.committedAt };
}

/**
 * The copy in the server's place begins a timeline of its own, archives on it, and standbys learn of it. Given up, it must not
 * stay behind: whoever follows the newest timeline would follow that one.
 * @param begun the promoted copy once it may have archived, undefined before: then there is nothing to undo
 */
function undoTimeline(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  prepared: Prepared,
  approval: ApprovalReference,
  begun: () => PromotedCopy | undefined,
): void {
  const { at, key, plan } = recovery;
  const { image, damagedVolume, damaged } = prepared;
  const needed = (): boolean => begun() !== undefined;
  const abandoned = (): { timeline: number; history: string; approval: ApprovalReference } => {
    const { timeline = 0, history = '' } = begun() ?? {};
    return { timeline, history, approval };
  };
  // Undone from the last to the first: the archive before the standbys, which would fetch the history from it again.
  for (const { service, site } of at.database.standbys) {
    const standbySite = plan.sites.find((one) => one.name === site && site !== at.site.name);
    const mustStream = damaged.standbys.some((one) => one.name === service && one.state === 'streaming');
    const forget = (): Promise<unknown> =>
      (standbySite ? siteActivities(site) : on).brief.forgetTimeline({
        ...at,
        standby: { service },
        ...(standbySite ? { standbySite } : {}),
        mustStream,
        ...abandoned(),
      });
    run.undo.push(`Let ${service} forget the abandoned timeline`, forget, needed);
  }
  const drop = async (): Promise<unknown> => {
    const { container } = await on.brief.openToolbox({ ...at, key, image, dataVolume: damagedVolume });
    return on.brief.dropTimeline({ ...at, key, image, toolbox: container, ...abandoned() });
  };
  run.undo.push('Take the abandoned timeline out of the archive', drop, needed);
}

/** Measured once more when nothing can change it any longer; more than was approved is for a person to accept by name. */
async function finalLoss(run: Run, on: SiteProxies, recovery: Recovery, prepared: Prepared): Promise<Loss> {
  let measured: Loss | undefined;
  return run.change(
    'Measure the final loss',
    async () => {
      const now = await on.probe.measureLoss({ ...recovery.at, copy: prepared.copy, ...lastKnown(prepared) });
      measured = now;
      const drifted = prepared.shown && lossDrift(prepared.shown, now, tolerated(recovery));
      if (drifted) throw drFailure('DR-DRIFTED', drifted);
      return now;
    },
    {
      skip: () => measured ?? unknownLoss(prepared),
      outcome: (value) => `${known(value.windowMs, duration)}, ${known(value.transactions, count)} transactions`,
    },
  );
}

const unknownLoss = ({ copy }: Prepared): Loss => ({
  windowMs: null,
  lsnBytes: null,
  transactions: null,
  damagedLsn: null,
  copyLsn: copy.replayLsn,
  copyPaused: true,
  measuredAt: new Date().toISOString(),
});

async function reachServer(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  promoted: PromotedCopy,
  approval: ApprovalReference,
): Promise<ClientWrite> {
  const { at } = recovery;
  const direct = await run.change(
    'Write to it directly',
    () => on.brief.directWrite({ ...at, expectTimeline: promoted.timeline }),
    { outcome: (value) => `committed on timeline ${value.timeline}` },
  );
  await run.change('Point the pooler at it', () =>
    on.brief.repointClients({ ...at, host: at.database.service, approval }),
  );
  return direct;
}

async function keepDamaged(run: Run, on: SiteProxies, recovery: Recovery, volume: string, key: string): Promise<Kept> {
  const until = new Date(Date.now() + recovery.at.database.damagedVolumeRetention).toISOString();
  await run.change(
    'Keep the damaged volume',
    () =>
      on.brief.recordDamagedVolume({
        site: recovery.at.site,
        resource: databaseResource(recovery.at.database.name),
        volume,
        until,
        incident: key,
      }),
    { outcome: () => `${volume} until ${until}` },
  );
  return { volume, until, reason: 'the damaged data, untouched' };
}

/** Tables the excluded transaction had locked can be read only now: before the copy serves anyone. */
async function inspectTheRest(run: Run, on: SiteProxies, recovery: Recovery, prepared: Prepared): Promise<void> {
  const locked = prepared.inspection.tables.filter((one) => one.locked).map((one) => one.table);
  if (locked.length === 0) return;
  // The server counts on from what the paused copy had; whoever skipped the inspection accepted that much by name.
  const accepted = prepared.inspection.checksumFailures;
  const rest = await run.change(
    `Inspect the tables that were locked: ${locked.join(', ')}`,
    async () => {
      const seen = await on.probe.inspectPromoted({ ...recovery.at, copy: prepared.copy, tables: locked });
      const findings = damageOf({ ...seen, checksumFailures: seen.checksumFailures - accepted });
      if (findings.length > 0) throw drFailure('DR-CORRUPT', `the promoted copy is damaged: ${findings.join('; ')}`);
      return seen;
    },
    {
      outcome: (seen) =>
        `${amcheckWords(seen)}; ${seen.tables.map((one) => `${one.table} ${known(one.after, count)} rows`).join(', ')}`,
    },
  );
  run.evidence(...rest.evidence);
  run.facts('Counted after promotion', [
    ...rest.tables.map((one) => ({ label: one.table, value: `${known(one.after, count)} rows` })),
    { label: 'Page checksum failures', value: count(rest.checksumFailures) },
    { label: 'amcheck', value: amcheckWords(rest) },
    ...rest.businessQueries.map((one) => ({
      label: one.name,
      value: `${known(one.value, count)}, expected ${one.expected}`,
    })),
  ]);
}

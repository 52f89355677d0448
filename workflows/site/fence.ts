/** Phase "Fence": nobody is served by the lost site any longer, as far as it can be reached; what cannot be is named. */
import type { Approval } from '../contracts/approval';
import type { FailoverInput } from '../contracts/failover';
import type { FenceProof } from '../contracts/recovery';
import { attempt, fence, type Attempt, type Fenced } from '../failover/fence';
import { acceptUnproven } from '../failover/unproven';
import type { Run } from '../kernel/run';
import { otherTimeline, type SeenMove, type SiteAssessment } from './assess';
import type { Move } from './context';

/** Time for requests under way at a gateway that works, seconds. */
const graceSeconds = 2;
/** An engine that says nothing for so long while nobody is served is taken for one that hangs. */
const engineSilenceMs = 3_000;

/** Gateway and pooler are stopped beside the databases; then every database is stopped, proven and marked, one after the other. */
export async function fenceSite(
  run: Run,
  move: Move,
  seen: SiteAssessment,
  valid: Approval,
): Promise<Map<string, Fenced>> {
  const fenced = new Map<string, Fenced>();
  const { gateway } = move.plan;
  const reached = seen.reach !== undefined;
  const door = stop(run, move, reached, [gateway.service], valid);
  door.catch(() => undefined);
  for (const one of seen.databases.filter(({ promoted }) => !promoted))
    fenced.set(one.database.name, await fenceDatabase(run, move, one, reached, valid));
  await door;
  // Not before: while it runs it holds the clients and lets their transactions end.
  await stop(
    run,
    move,
    reached,
    [...new Set(move.databases.map(({ home }) => home.home.database.pooler.service))],
    valid,
  );
  return fenced;
}

/** What cannot be reached cannot be stopped, and cannot be let go again either. */
async function stop(run: Run, move: Move, reached: boolean, services: string[], valid: Approval): Promise<void> {
  const { home, onHome } = move;
  if (services.length === 0) return;
  if (!reached)
    return run.note(`${services.join(', ')} of site ${home.name} could not be stopped: nobody there answers`);
  const approval = valid.reference;
  // Before the change: a second try of it finds what the first has left.
  const before = await run.probe(
    `Look at ${services.join(', ')} of site ${home.name}`,
    () => attempt(() => onHome.urgent.inspectServices({ site: home, services, engineSilenceMs })),
    (all) =>
      'failed' in all
        ? `not known: ${all.failed.message}`
        : all.map(({ service, ran, policy }) => `${service} ${ran ? 'runs' : 'does not run'} (${policy})`).join('; '),
  );
  await run.change(
    `Stop ${services.join(', ')} of site ${home.name} for good`,
    () => attempt(() => onHome.urgent.stopServices({ site: home, services, graceSeconds, engineSilenceMs, approval })),
    {
      undo: {
        title: `Let ${services.join(', ')} of site ${home.name} go`,
        act: async () =>
          'failed' in before ? undefined : onHome.brief.releaseServices({ site: home, services: before, approval }),
      },
      outcome: (tried) =>
        'failed' in tried
          ? `NOT DONE: ${tried.failed.message}`
          : tried.map(({ service, ran }) => `${service} ${ran ? 'stopped' : 'did not run'}`).join('; '),
    },
  );
}

/** The fence as it is now, without anything that would bring it about. */
function proveNow(
  onHome: Move['onHome'],
  { survey: { primary, at } }: SeenMove['facts'],
): Promise<Attempt<FenceProof>> {
  const target = { containerId: primary.container?.id ?? '', volume: primary.dataVolume ?? '', engineSilenceMs };
  return attempt(() => onHome.glance.proveFence({ ...at, ...target }));
}

/** Whether the old primary of a database that an earlier run has promoted is proven to be stopped. */
export async function provenStopped(run: Run, { onHome }: Move, { facts }: SeenMove): Promise<boolean> {
  const proof = await run.probe(
    `Prove that ${facts.survey.primary.service} is stopped`,
    () => proveNow(onHome, facts),
    (value) => ('failed' in value ? `NOT PROVEN: ${value.failed.message}` : `proven at ${value.provenAt}`),
  );
  return !('failed' in proof);
}

async function fenceDatabase(
  run: Run,
  { input, home, onHome }: Move,
  { database, facts }: SeenMove,
  reached: boolean,
  valid: Approval,
): Promise<Fenced> {
  const { reason, by, approvalTimeoutMs } = input;
  const asked: FailoverInput = {
    ...{ database: database.name, reason, by, policyMayAnswer: false, wake: false },
    ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }),
  };
  if (reached) {
    const noSalvage = otherTimeline(facts);
    return fence(run, database.home, asked, facts, valid, noSalvage === undefined ? {} : { noSalvage });
  }
  const { primary } = facts.survey;
  const first = {
    code: 'DR-FENCE-NOT-PROVEN',
    message: `the worker of site ${home.name} does not answer, so nothing there could be stopped: ${primary.problem ?? 'no reason known'}`,
    next: `Make sure by other means that ${primary.service} takes no writes.`,
  };
  const prove = (): Promise<Attempt<FenceProof>> => proveNow(onHome, facts);
  const proof = await acceptUnproven(run, database.home, asked, facts, first, prove);
  run.note(
    `when site ${home.name} comes back, keep ${primary.service} from starting: it is neither stopped nor marked as a standby`,
  );
  return {
    ...(proof ? { proof } : {}),
    salvage: {
      complete: false,
      fromLsn: facts.chosen.receivedLsn,
      segments: [],
      bytes: 0,
      problem: first.message,
      durationMs: 0,
    },
    held: false,
  };
}

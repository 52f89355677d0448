/** Phases "Decide", "Cut over" and "Verify": the store is given the volume that was restored; what it had is kept. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { storeResource } from '../contracts/names';
import type { RestoredStore, RestoreRedisInput, StoreFacts } from '../contracts/store';
import { count, duration } from '../contracts/words';
import type { CardContent } from '../kernel/gate';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import { siteOfService } from '../service/context';
import type { StoreContext } from './context';
import { describe, type Prepared } from './prepare';

export interface Moved {
  keys: number;
  kept: { volume: string; until: string } | undefined;
}

/** Time for the store to serve, and for its services to say that they can work, milliseconds. */
const serveMs = 30_000;

export async function cutOver(
  run: Run,
  context: StoreContext,
  input: RestoreRedisInput,
  prepared: Prepared,
): Promise<Moved> {
  run.phase('Decide');
  const { approval, latest } = await decide(run, context, input, prepared);
  return run.irreversible(`Give ${context.at.store.name} what was restored`, approval, (valid) =>
    move(run, context, input, { ...prepared, facts: latest() }, valid),
  );
}

async function move(
  run: Run,
  context: StoreContext,
  input: RestoreRedisInput,
  { copy, facts, backup }: Prepared,
  valid: Approval,
): Promise<Moved> {
  const { at, on } = context;
  const approval = valid.reference;
  // One that is gone can be given back to nobody.
  const former = facts.volumeThere ? facts.volume : undefined;
  run.phase('Cut over');
  await run.change(
    'Start it on the restored volume',
    () => on.brief.useStoreVolume({ ...at, volume: copy.volume, approval }),
    {
      ...(former === undefined
        ? {}
        : {
            undo: {
              title: 'Give it back the volume it had',
              act: () => on.brief.useStoreVolume({ ...at, volume: former, approval }),
            },
          }),
      outcome: ({ from, to }) => `${from} → ${to}`,
    },
  );
  run.phase('Verify');
  const served = await run.probe(
    'Write a key and read it back',
    () => on.probe.writeCanary({ ...at, deadlineMs: serveMs }),
    (one) => `served after ${duration(one.afterMs)}, with ${count(one.keys)} keys`,
  );
  await run.probe(
    'Compare its keys with the copy',
    () => compare(copy, served),
    () => 'they are there',
  );
  await run.probe(
    'Ask the services that depend on it',
    () => dependents(context),
    (asked) => `${asked} are well`,
  );
  run.verified(
    'a key was written and read back, and the services that depend on it are well',
    lost(context, input, backup.takenAt, facts),
  );
  run.pointOfNoReturn('its clients write to it');
  const kept = former === undefined || former === copy.volume ? undefined : await keep(run, context, former);
  return { keys: served.keys, kept };
}

/** Its clients work on it by now and may take keys away; most of them gone is not their doing. */
function compare(copy: RestoredStore, served: { keys: number; expiring: number }): Promise<void> {
  const [wanted, found] = [copy.keys - copy.expiring, served.keys - served.expiring];
  if (found >= wanted / 2) return Promise.resolve();
  throw drFailure('DR-STORE', `the copy held ${wanted} keys that do not expire, and ${found} of them are served`);
}

/**
 * What was written after the backup is gone: up to the disaster, or up to now where the store still took writes. A backup
 * from after the disaster says nothing about what was lost.
 */
function lost({ began }: StoreContext, input: RestoreRedisInput, takenAt: string, facts: StoreFacts): number | null {
  const disaster = input.disasterAt === undefined ? undefined : Date.parse(input.disasterAt);
  if (disaster !== undefined && Date.parse(takenAt) > disaster) return null;
  const end = facts.answered ? Date.now() : (disaster ?? Date.parse(began));
  return Math.max(0, end - Date.parse(takenAt));
}

/** @returns how many were asked */
async function dependents({ plan, at, on }: StoreContext): Promise<number> {
  const services = plan.services.filter(
    (one) => one.dependsOn.includes(at.store.name) && siteOfService(plan, one)?.name === at.site.name,
  );
  const { site } = at;
  const seen = await on.urgent.inspectProject({ site, services: services.map((one) => one.name), health: [] });
  // One that has ended cannot be well, and not for want of the store: whoever starts it asks it.
  const ended = new Set(
    seen.services.filter(({ state }) => state === 'stopped' || state === 'none').map((one) => one.service),
  );
  const asked = services.filter((one) => !ended.has(one.name));
  const unwell = await on.probe.awaitHealthy({ site, services: asked, deadlineMs: serveMs });
  if (unwell.length === 0) return asked.length;
  throw drFailure('DR-SERVICE', unwell.map(({ service, says }) => `${service} is not well: ${says}`).join('; '));
}

async function keep(
  run: Run,
  { at, on, began, key }: StoreContext,
  volume: string,
): Promise<{ volume: string; until: string }> {
  const until = new Date(Date.parse(began) + at.store.damagedVolumeRetention).toISOString();
  await run.optional('Remember the volume that was replaced', () =>
    on.brief.recordDamagedVolume({
      site: at.site,
      resource: storeResource(at.store.name),
      volume,
      until,
      incident: key,
    }),
  );
  run.facts('Afterwards', [{ label: 'Replaced volume', value: `${volume}, kept until ${until}` }]);
  return { volume, until };
}

/** @returns `latest`: the facts as they were measured last, which are those that were approved or do not differ from them */
async function decide(
  run: Run,
  { at, on, plan, began }: StoreContext,
  input: RestoreRedisInput,
  prepared: Prepared,
): Promise<{ approval: Approval; latest: () => StoreFacts }> {
  const { store } = at;
  let latest = prepared.facts;
  const approval = await run.gate<StoreFacts>('restore', {
    policy: gatePolicy(plan, 'redis.restore', input),
    measure: async () => (latest = await on.urgent.inspectStore(at)),
    drifted: (before, now) =>
      same(before, now) ? undefined : `${store.name}: ${describe(before)}; now ${describe(now)}`,
    answer: (now) => nothingToLose(store.name, now, prepared.backup.keys),
    card: (now) => card(prepared, now, store.name, began),
  });
  return { approval, latest: () => latest };
}

/** Another container, another volume, or keys where there were none is not what was approved. */
const same = (before: StoreFacts, now: StoreFacts): boolean =>
  before.answered === now.answered &&
  now.keys > 0 === before.keys > 0 &&
  before.volume === now.volume &&
  before.volumeThere === now.volumeThere &&
  before.containerId === now.containerId;

/** Why the policy may answer: one that is merely down may hold more than the backup, and is for a person. */
function nothingToLose(name: string, now: StoreFacts, keys: number): string | undefined {
  // An empty backup may have been taken after the loss.
  if (keys === 0) return undefined;
  if (now.answered && now.keys === 0) return `policy: ${name} answers and holds nothing, so nothing is lost`;
  if (!now.answered && !now.running && !now.volumeThere)
    return `policy: the volume of ${name} is gone, so nothing more is lost`;
  return undefined;
}

function card({ backup, copy }: Prepared, now: StoreFacts, name: string, began: string): CardContent {
  return {
    title: `Restore ${name} as it was at ${backup.takenAt}`,
    will: [
      'End it, in order if it runs; it writes what it holds to the volume it has.',
      `Start it on volume ${copy.volume}, which was restored and started from already.`,
      'Write a key and read it back; ask the services that depend on it.',
    ],
    loss: [
      {
        label: 'Written since',
        value: `everything of the last ${duration(Date.parse(began) - Date.parse(backup.takenAt))} before this run`,
      },
      {
        label: 'Keys now',
        value: now.answered ? count(now.keys) : `not known: ${now.problem ?? 'it does not answer'}`,
      },
      { label: 'Keys after', value: count(copy.keys) },
    ],
    facts: [{ label: name, value: describe(now) }],
    tables: [],
    warnings: [
      'The volume it has now is kept.',
      ...(!now.answered && now.volumeThere
        ? [
            `${name} does not answer, and its volume is there: it may hold more than the backup. Start it first, if that can be done.`,
          ]
        : []),
      ...(now.answered && now.keys > 0 ? [`${name} works and holds keys: they are replaced.`] : []),
    ],
  };
}

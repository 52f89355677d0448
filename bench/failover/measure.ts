import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../platform/lifecycle/probe';
import { connect, once, WritingClients } from './client';
import type { Cluster, Server } from './cluster';
import { docker, freeze, isFenced, thaw } from './containers';
import { seen, type Disaster, type Outcome } from './outcome';

/** Longest wait for a write on the new side. Patroni's slowest way takes about a minute. */
const patience = 180_000;
/** How long the old side is written to after it woke up. */
const wakeMs = 3000;

/** Brings one disaster on a cluster, measures it, and leaves the cluster with two good servers. */
export async function measure(cluster: Cluster, disaster: Disaster): Promise<Outcome> {
  const old = await cluster.primary();
  // Of a held client nothing fails: a switchover is measured with patient clients, a disaster with ones that try again.
  const clients = await WritingClients.start(cluster.clients, { patienceMs: disaster === 'switchover' ? 15_000 : 500 });
  try {
    await sleep(1000);
    const timeline = clients.acknowledged.at(-1)?.timeline;
    if (!timeline) throw new Error(`the clients of ${cluster.title} could not write: ${clients.failed.at(-1)?.why}`);
    const from = performance.now();
    const underWay = bring(cluster, disaster, old);
    // A command that fails is worth more than "no write came".
    const [first] = await Promise.all([clients.firstAfter(timeline, patience), underWay]);
    const fenced = await isFenced(old.container);
    await sleep(1000);
    const oldSideWrites = disaster === 'freeze' ? await wakeAndWrite(old, timeline) : undefined;
    await clients.stop();
    const outcome = {
      ...seen(clients, timeline, from),
      lost: await lostRows(cluster, clients),
      fenced,
      ...(oldSideWrites === undefined ? {} : { oldSideWrites }),
    };
    if (first.at < from) throw new Error(`${cluster.title} changed its primary before the disaster`);
    return outcome;
  } finally {
    await clients.stop();
    await cluster.restore();
  }
}

async function bring(cluster: Cluster, disaster: Disaster, old: Server): Promise<void> {
  if (disaster === 'switchover') {
    if (!cluster.switchOver) throw new Error(`${cluster.title} has no switchover`);
    return cluster.switchOver();
  }
  if (disaster === 'freeze') {
    await freeze(old.container);
    return;
  }
  await docker('kill', '--signal', 'KILL', old.container);
  await cluster.told?.(old);
}

/** Lets the old server go on, and tries for some seconds to write to it past the pooler. @returns rows it took */
async function wakeAndWrite(old: Server, oldTimeline: number): Promise<number> {
  await thaw(old.container);
  let taken = 0;
  for (const end = performance.now() + wakeMs; performance.now() < end; await sleep(5)) {
    const client = await connect(old.address, 300).catch(() => undefined);
    if (!client) continue;
    try {
      while (performance.now() < end) {
        const { rows } = await client.query<{ timeline: number }>(onOldSide);
        if (rows[0] && rows[0].timeline <= oldTimeline) taken += 1;
        await sleep(5);
      }
    } catch {
      // Refused, read-only, or gone: what a fence is for.
    } finally {
      void client.end().catch(() => undefined);
    }
  }
  return taken;
}

const onOldSide = `INSERT INTO bench_writes (id) VALUES (-floor(random() * 1e15))
  RETURNING ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline`;

/** Rows that were acknowledged and are not where the clients are now. */
async function lostRows(cluster: Cluster, clients: WritingClients): Promise<number> {
  const ids = clients.acknowledged.map((one) => one.id);
  const sql =
    'SELECT count(*)::int AS missing FROM unnest($1::bigint[]) AS id WHERE id NOT IN (SELECT id FROM bench_writes)';
  // While an old server that woke up is dealt with, clients may be turned away once more.
  return until(`${cluster.title} is asked for the rows that were acknowledged`, async () => {
    const [row] = await once<{ missing: number }>(cluster.clients, 30_000, sql, [ids]);
    return row?.missing;
  });
}

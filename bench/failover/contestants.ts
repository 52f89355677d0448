/** Who is measured, one after the other, each on servers of its own that are gone before the next begins. */
import { log, ms } from '../lib/print';
import type { Cluster } from './cluster';
import { sweep } from './containers';
import { measure } from './measure';
import { disasters, type Disaster, type Outcome } from './outcome';
import { PatroniCluster } from './patroni/cluster';
import { ProductCluster } from './product/cluster';
import { buildStand } from '../lib/stand';
import { rowOf, type Row } from './result';
import { ScriptCluster } from './script/cluster';

export const names = ['product', 'patroni', 'script'] as const;
export type Contestant = (typeof names)[number];

export interface Setting {
  runs: number;
  /** Added to every port. */
  ports: number;
  /** Compose project of the product's platform; the others are named after it. */
  project: string;
  /** Patroni with its default time-outs too, not only with the short ones. */
  patient: boolean;
  /** Is told of a run that could not be measured. */
  problem: (text: string) => void;
}

type Measured = Map<Disaster, Outcome[]>;

export async function measureScript(setting: Setting): Promise<Row[]> {
  const { project, ports } = setting;
  const name = `${project}-script`;
  const cluster = await new ScriptCluster(name, {
    servers: [5441 + ports, 5442 + ports],
    pooler: 6441 + ports,
  }).setUp();
  const measured = await series(cluster, ['kill'], setting);
  await sweep();
  return rows(cluster, measured);
}

export async function measurePatroni(setting: Setting): Promise<Row[]> {
  const { project, ports, patient } = setting;
  const clusters = [
    ...(patient
      ? [
          new PatroniCluster(
            `${project}-ttl30`,
            { ttl: 30, loop: 10 },
            { servers: [5443 + ports, 5444 + ports], pooler: 6442 + ports },
          ),
        ]
      : []),
    new PatroniCluster(
      `${project}-ttl20`,
      { ttl: 20, loop: 5 },
      { servers: [5445 + ports, 5446 + ports], pooler: 6443 + ports },
    ),
  ];
  for (const cluster of clusters) await cluster.setUp();
  log('Patroni is up');
  // A disaster under Patroni is mostly waiting, which two clusters can do side by side; a switchover is mostly work.
  const measured = await Promise.all(clusters.map((cluster) => series(cluster, ['kill', 'freeze'], setting)));
  const found: Row[] = [];
  for (const [index, cluster] of clusters.entries()) {
    const planned = await series(cluster, ['switchover'], setting);
    found.push(...rows(cluster, new Map([...(measured[index] ?? []), ...planned])));
  }
  await sweep();
  return found;
}

export async function measureProduct(setting: Setting): Promise<Row[]> {
  const stand = await buildStand(setting.project, setting.ports);
  const cluster = await ProductCluster.start(stand.address, stand);
  const measured = await series(cluster, disasters, setting);
  await cluster.close();
  return rows(cluster, measured);
}

/**
 * Runs of each disaster in turns. One that cannot be measured is told of and left out; a cluster on which two in a row
 * failed is left alone.
 */
async function series(cluster: Cluster, kinds: readonly Disaster[], setting: Setting): Promise<Measured> {
  const measured: Measured = new Map(kinds.map((kind) => [kind, []]));
  let failed = 0;
  for (let round = 1; round <= setting.runs; round += 1)
    for (const kind of kinds) {
      if (failed >= 2) continue;
      const said = `${cluster.title}: ${kind} ${round} of ${setting.runs}`;
      try {
        const one = await measure(cluster, kind);
        measured.get(kind)?.push(one);
        failed = 0;
        const old = one.oldSideWrites === undefined ? '' : `, the old side took ${one.oldSideWrites}`;
        log(`${said}: no write for ${ms(kind === 'switchover' ? one.longestGap : one.outage)}, lost ${one.lost}${old}`);
      } catch (error) {
        failed += 1;
        log(`${said}: NOT MEASURED: ${(error as Error).message}`);
        setting.problem(`${said}: ${(error as Error).message}`);
      }
    }
  return measured;
}

const rows = (cluster: Cluster, measured: Measured): Row[] =>
  [...measured]
    .filter(([, outcomes]) => outcomes.length > 0)
    .map(([disaster, outcomes]) => rowOf(cluster.title, disaster, outcomes));

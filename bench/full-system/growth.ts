/** How a recovery grows with the plan: the real procedure on a Temporal server of its own, against an engine that only pretends. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { hashPlan, loadPlan, type Plan } from '../../plan';
import { checkout, toolPaths } from '../../scripts/set-up/paths';
import { killAll } from '../../test/support/fake-system';
import { FakeSite } from '../../test/support/fake-site';
import { workflowBundle } from '../../workers/bundle';
import { controlQueue, searchAttributes, siteQueue } from '../../workflows/contracts/names';
import type { Report } from '../../workflows/contracts/run-view';
import { orderOf } from '../../workflows/system/order';
import { log, ms } from '../lib/print';

/** Services of the plans that are measured; the first is The Shandi's own. */
export const sizes = [15, 150, 1500];

export interface Growth {
  services: number;
  /** Time to put the services in order, milliseconds. */
  orderMs: number;
  /** As the run itself says, milliseconds. */
  criticalMs: number;
  allMs: number;
  events: number;
  /** Size of the history as the server counts it, bytes. */
  bytes: number;
}

/** Runs one recovery per size; the first size is run once before, to warm up. */
export async function measureGrowth(): Promise<Growth[]> {
  const { plan } = await loadPlan(join(checkout, 'plan', 'shandi.yaml'));
  const [env, bundle] = await Promise.all([
    TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: toolPaths().temporal },
        searchAttributes: Object.values(searchAttributes),
        extraArgs: [
          ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
          ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=2000'],
        ],
      },
    }),
    workflowBundle(mkdtempSync(join(tmpdir(), 'dr-bench-bundles-'))),
  ]);
  try {
    const measured: Growth[] = [];
    for (const [index, size] of [sizes[0] ?? 15, ...sizes].entries()) {
      const one = await recoverOnce(env, bundle, grown(plan, size));
      if (index === 0) continue;
      measured.push(one);
      log(`${size} services: critical ${ms(one.criticalMs)}, all ${ms(one.allMs)}, ${one.events} events`);
    }
    return measured;
  } finally {
    await env.teardown();
  }
}

/** The plan with copies of its services of lower tiers, each depending on what the original depends on. */
function grown(plan: Plan, size: number): Plan {
  const lower = plan.services.filter((one) => one.tier !== plan.tiers[0]?.name);
  const copies = Array.from({ length: Math.max(0, size - plan.services.length) }, (_, index) => {
    const original = lower[index % lower.length] as Plan['services'][number];
    const copy = { ...original, name: `extra-${index}`, port: 20_000 + index };
    delete copy.businessPage;
    return copy;
  });
  return { ...plan, services: [...plan.services, ...copies] };
}

async function recoverOnce(
  env: TestWorkflowEnvironment,
  workflowBundle: { codePath: string },
  plan: Plan,
): Promise<Growth> {
  const site = new FakeSite();
  killAll(site);
  const pinned = { plan, hash: hashPlan(plan), version: plan.version, name: plan.name };
  const written = { json: { path: 'x' }, html: { path: 'y' } };
  const connection = env.nativeConnection;
  const control = await Worker.create({
    connection,
    taskQueue: controlQueue,
    workflowBundle,
    activities: { pinPlan: () => Promise.resolve(pinned), writeReport: () => Promise.resolve(written) },
  });
  const activities = site.activities();
  const beside = await Worker.create({ connection, taskQueue: siteQueue('primary'), activities });
  // It is asked whether its site serves.
  const other = await Worker.create({ connection, taskQueue: siteQueue('backup'), activities });
  const both = <T>(act: () => Promise<T>): Promise<T> => beside.runUntil(() => other.runUntil(act));
  return control.runUntil(() =>
    both(async () => {
      const began = performance.now();
      orderOf(plan);
      const orderMs = performance.now() - began;
      const handle = await env.client.workflow.start('fullSystemRecovery', {
        taskQueue: controlQueue,
        workflowId: 'recover.system',
        args: [{ reason: 'bench', by: 'bench', protect: false, tell: false }],
      });
      const { result } = (await handle.result()) as Report;
      const { historyLength, raw } = await handle.describe();
      return {
        services: plan.services.length,
        orderMs,
        criticalMs: Number(result['criticalMs']),
        allMs: Number(result['allMs']),
        events: historyLength,
        bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
      };
    }),
  );
}

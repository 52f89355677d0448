/** The control worker: runs the procedures, and the small activities that read the plan, write reports and tell people. */
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import * as evidence from '../activities/evidence';
import * as notify from '../activities/notify';
import { withHeartbeats } from '../activities/shared/heartbeat';
import { drHome } from '../activities/shared/paths';
import { controlQueue } from '../workflows/contracts/names';
import { workflowBundle } from './bundle';
import { connect } from './connection';
import { reportHealth } from './health';
import { installLogger } from './logger';
import { reportMetrics } from './metrics';
import { metricsAddress } from './metrics/address';
import { controlCollectors } from './metrics/control';

async function main(): Promise<void> {
  const { log, sdk } = await installLogger('control-worker', metricsAddress() !== undefined);
  const [bundle, { connection, namespace }] = await Promise.all([workflowBundle(join(drHome(), 'bundles')), connect()]);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: controlQueue,
    workflowBundle: bundle,
    activities: { ...evidence, ...withHeartbeats(notify) },
    // A killed worker's runs go to the next one after this time instead of the default 10 s.
    stickyQueueScheduleToStartTimeout: '1 second',
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '10 seconds',
    maxConcurrentActivityTaskExecutions: 20,
  });
  reportHealth(worker, { connection, namespace, kind: 'workflow' });
  const client = new Client({ connection, namespace });
  const metrics = reportMetrics(log, sdk, (onChange) => controlCollectors(client, onChange));
  process.stdout.write(`ready ${controlQueue}\n`);
  log.info({ queue: controlQueue }, 'control worker is ready');
  await worker.run();
  metrics?.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`control worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

/** The worker of one site: everything that touches its Docker engine, its servers and its files. Usage: `site.ts NAME` */
import { Worker } from '@temporalio/worker';
import * as compose from '../activities/compose';
import * as docker from '../activities/docker';
import * as drill from '../activities/drill';
import * as files from '../activities/files';
import * as guard from '../activities/guard';
import * as health from '../activities/health';
import * as nginx from '../activities/nginx';
import * as pgbackrest from '../activities/pgbackrest';
import * as pgbouncer from '../activities/pgbouncer';
import * as postgres from '../activities/postgres';
import * as redis from '../activities/redis';
import * as resources from '../activities/resources';
import * as wholeSite from '../activities/site';
import * as statusPage from '../activities/status-page';
import * as traffic from '../activities/traffic';
import { withHeartbeats } from '../activities/shared/heartbeat';
import { siteQueue } from '../workflows/contracts/names';
import { connect } from './connection';
import { reportHealth } from './health';
import { installLogger } from './logger';
import { reportMetrics } from './metrics';
import { metricsAddress } from './metrics/address';
import { siteCollectors } from './metrics/site';

async function main(): Promise<void> {
  const site = process.argv[2];
  if (!site) throw new Error('the name of the site is missing; start it as: site.ts NAME, with a name of the plan');
  const { log, sdk } = await installLogger(`site-worker-${site}`, metricsAddress() !== undefined);
  const { connection, namespace } = await connect();
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: siteQueue(site),
    activities: withHeartbeats({
      ...compose,
      ...docker,
      ...drill,
      ...files,
      ...guard,
      ...health,
      ...nginx,
      ...pgbackrest,
      ...pgbouncer,
      ...postgres,
      ...redis,
      ...resources,
      ...statusPage,
      ...wholeSite,
      ...traffic,
    }),
    // The details of a heartbeat are the progress a person sees and the place a retry resumes from.
    maxHeartbeatThrottleInterval: '500 ms',
    defaultHeartbeatThrottleInterval: '500 ms',
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '10 seconds',
    maxConcurrentActivityTaskExecutions: 20,
  });
  reportHealth(worker, { connection, namespace, kind: 'activity' });
  reportMetrics(log, sdk, (onChange) => siteCollectors(site, onChange));
  process.stdout.write(`ready ${siteQueue(site)}\n`);
  log.info({ queue: siteQueue(site) }, 'site worker is ready');
  await worker.run();
  // Sessions that are kept open would keep the process, too.
  process.exit();
}

main().catch((error: unknown) => {
  process.stderr.write(`site worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

/**
 * Nothing destructive without an approval of its own run. Which activities are destructive is said here once, for every one
 * there is; each is called with no approval, with garbage, and with that of another run, and must have touched nothing.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { loadPlan } from '../../../plan';
import * as compose from '../../../activities/compose';
import * as docker from '../../../activities/docker';
import * as files from '../../../activities/files';
import * as guard from '../../../activities/guard';
import * as health from '../../../activities/health';
import * as nginx from '../../../activities/nginx';
import * as pgbackrest from '../../../activities/pgbackrest';
import * as pgbouncer from '../../../activities/pgbouncer';
import * as postgres from '../../../activities/postgres';
import * as drill from '../../../activities/drill';
import * as redis from '../../../activities/redis';
import * as resources from '../../../activities/resources';
import * as statusPage from '../../../activities/status-page';
import * as wholeSite from '../../../activities/site';
import * as traffic from '../../../activities/traffic';
import { root } from '../../../activities/shared/paths';
import type { Approval, ApprovalReference } from '../../../workflows/contracts/approval';
import { problemOf } from '../../../workflows/contracts/errors';
import type { Run } from '../../../workflows/kernel/run';
import type { SiteActivities } from '../../../workflows/kernel/site';

/** Activities that take an approval. */
type Demanding = {
  [Name in keyof SiteActivities]: Parameters<SiteActivities[Name]>[0] extends { approval: ApprovalReference }
    ? Name
    : never;
}[keyof SiteActivities];

/** They stop, start, promote, replace or overwrite a server or a service, decide whom clients write to, or change what the archive says. */
const destructive: Record<Demanding, true> = {
  useDataVolume: true,
  stopServices: true,
  releaseServices: true,
  switchTraffic: true,
  startServer: true,
  repointServices: true,
  restartServer: true,
  fenceServer: true,
  haltServer: true,
  markDemoted: true,
  unmarkDemoted: true,
  unfenceServer: true,
  stopInOrder: true,
  setRestartPolicy: true,
  archiveTail: true,
  pushHistory: true,
  dropTimeline: true,
  pauseClients: true,
  resumeClients: true,
  repointClients: true,
  promoteCopy: true,
  stopCopy: true,
  salvageWal: true,
  promoteStandby: true,
  forgetTimeline: true,
  rebuildStandby: true,
  rewindStandby: true,
  startStandby: true,
  followPrimary: true,
  holdArchiving: true,
  releaseArchiving: true,
  restartService: true,
  recreateService: true,
  reloadGateway: true,
  useStoreVolume: true,
  expireBackups: true,
  startServices: true,
  makeDataVolume: true,
  placeFiles: true,
  putBackFiles: true,
  killEverything: true,
  killService: true,
  dropTable: true,
  disconnectService: true,
  loseFile: true,
  plantFault: true,
  liftFault: true,
  freeFiles: true,
  limitMemory: true,
  endSessions: true,
  freezeService: true,
  cutOffService: true,
  liftIsolation: true,
};

/** Why each of the others needs none. A new activity does not compile until it is in one of the two lists. */
const harmless: Record<Exclude<keyof SiteActivities, Demanding>, string> = {
  createServer: 'makes a container and does not start it',
  proveFence: 'reads',
  measureContainers: 'reads',
  measureDisks: 'reads',
  measureConnections: 'reads',
  inspectReduced: 'reads',
  switchReduced: 'a file that the run takes away again, by its undo at the latest',
  liftReduced: 'takes away a file that a run or a person had put there for a while',
  recordDamagedVolume: 'writes a file of the control plane',
  freeDisk: 'reads',
  lastSample: 'reads',
  readAvailability: 'reads',
  lookRound: 'reads; its write is a heartbeat row',
  observeDatabase: 'reads; its write is a heartbeat row',
  ensureSynchronous: 'a setting the plan asks for, in force at once and changed back as easily',
  askWitness: 'reads',
  clientWrite: 'a heartbeat row',
  openToolbox: 'a container of this run',
  closeToolbox: 'a container of this run',
  listBackups: 'reads',
  checkCoverage: 'reads',
  checkInPlace: 'reads',
  restoreCopy: 'a volume of this run',
  archiveCheck: 'a WAL switch',
  fullBackup: 'adds a backup and expires nothing',
  takeBackup: 'adds a backup and expires nothing',
  readBackBackup: 'reads',
  outlivedBackups: 'reads',
  keptInRepository: 'reads',
  readRoles: 'reads',
  readDatabase: 'reads',
  secureTail: 'a restore point, a heartbeat row, a WAL switch',
  startCopy: 'a container of this run, cut off from everything',
  inspectCopy: 'reads',
  measureLoss: 'reads',
  inspectPromoted: 'reads',
  removeCopy: 'what this run made, by its labels; it is the undo of the restore, before any approval can be',
  surveyServer: 'reads',
  directWrite: 'a heartbeat row',
  measureDivergence: 'reads',
  checkpoint: 'a checkpoint',
  inspectService: 'reads',
  awaitService: 'reads',
  keepServiceLog: 'writes a file of the control plane',
  askDependency: 'reads',
  askGateway: 'reads',
  watchServing: 'reads',
  inspectDataVolume: 'reads',
  wakeStandby: 'starts a server that is read-only by its own volume, and stops it again when it is not',
  inspectProject: 'reads',
  awaitServices: 'reads',
  askPages: 'reads',
  checkIntegrity: 'reads',
  placeTransactions: 'orders that the plan names, as any client places them',
  runTestCommand: 'a program that the plan names for this',
  awaitHealthy: 'reads',
  inspectStore: 'reads',
  listStoreBackups: 'reads',
  backupStore: 'adds a backup and expires nothing',
  restoreStoreCopy: 'a volume and a container of this run',
  removeStoreCopy: 'what this run made, by its labels; it is the undo of the restore, before any approval can be',
  writeCanary: 'a key that expires by itself',
  updateStatusPage: 'adds an update to a page for people; the updates before it stay',
  backupBundle: 'adds a bundle and expires nothing',
  listBundles: 'reads',
  stageBundle: 'a folder of this run',
  removeStaging: 'a folder of this run',
  compareFiles: 'reads, and writes into a folder of this run',
  keepFormerFiles: 'adds a bundle',
  checkFiles: 'reads',
  usedImages: 'reads',
  findImages: 'reads',
  saveImages: 'adds files and expires nothing',
  loadImages: 'adds images, and names only what has no image',
  inspectCertificates: 'reads',
  askServedCertificate: 'reads',
  copyLeft: 'reads',
  countRows: 'reads',
  proveIsolation: 'reads; connections that are closed at once',
  standDrillCopy: "a copy of the platform that serves nobody, made by the plan's program",
  removeDrillCopy: "a copy of the platform that serves nobody, removed by the plan's program",
  awaitSite: 'reads',
  reachSite: 'reads',
  inspectServices: 'reads',
  reachUpstream: 'reads',
  checkTraffic: 'reads',
  inspectIsolation: 'reads',
  keepServiceEvidence: 'writes files of the control plane; a container of this run that only reads',
  inspectResources: 'reads',
  probePaths: 'reads; opens connections and says nothing',
  lookForDamage: 'reads',
  changedFiles: 'reads',
  inspectRepository: 'reads',
  checkAccess: 'reads',
};

const activities: SiteActivities = {
  ...compose,
  ...drill,
  ...docker,
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
};
const run = { workflowId: 'recover.database.shandi', runId: '7b6f3a52-0000-4000-8000-000000000001' };
const another: ApprovalReference = {
  ...run,
  runId: '7b6f3a52-0000-4000-8000-000000000002',
  gate: 'cut-over',
  card: '0123456789ab',
  by: 'on-call',
  via: 'person',
  at: '2026-11-22T17:00:00.000Z',
};

describe('a destructive activity', () => {
  let folder: string;
  let args: Record<string, unknown>;
  let calls = 0;
  const servers: Server[] = [];

  /** Counts whoever connects, and hangs up. */
  const listener = async (where: string | number): Promise<Server> => {
    const server = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    servers.push(server);
    await new Promise<void>((resolve) =>
      typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, '127.0.0.1', resolve),
    );
    return server;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dr-approval-'));
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    const socketPath = join(folder, 'engine.sock');
    await listener(socketPath);
    const pooler = (await listener(0)).address() as AddressInfo;
    for (const name of ['.env', 'databases.ini']) writeFileSync(join(folder, name), 'PG_PASSWORD=secret-enough\n');
    const [site] = plan.sites;
    const [database] = plan.databases;
    assert.ok(site && database);
    args = {
      site: { ...site, engine: { socketPath }, compose: { ...site.compose, envFile: join(folder, '.env') } },
      database: {
        ...database,
        pooler: {
          ...database.pooler,
          host: '127.0.0.1',
          port: pooler.port,
          databasesFile: join(folder, 'databases.ini'),
          adminPassword: { envFile: join(folder, '.env'), key: 'PG_PASSWORD' },
        },
      },
      key: '0123abcd',
      service: database.service,
      containerId: 'old',
      volume: 'volume',
      image: 'image',
      host: database.service,
      policy: 'no',
      restartPolicy: 'no',
      expectVolume: 'volume',
      timeline: 2,
      newTimeline: 2,
      formerTimeline: 1,
      history: '',
      toolbox: 'toolbox',
      copy: { container: 'copy', volume: 'copy', replayLsn: '0/1' },
      standby: database.standbys[0],
      variable: 'DATABASE_HOST',
      tiers: [],
      services: [],
      stopTimeoutMs: 0,
      networks: [],
    };
  });
  after(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const approvals: [what: string, approval: unknown][] = [
    ['none', undefined],
    ['garbage', { approved: true }],
    ['one with a field too many', { ...another, runId: run.runId, extra: 1 }],
    ["another run's", another],
  ];

  for (const name of Object.keys(destructive) as Demanding[]) {
    it(`${name}: refuses, and has touched nothing`, async () => {
      const folderBefore = contents(folder);
      for (const [what, approval] of approvals) {
        calls = 0;
        const env = new MockActivityEnvironment(
          { activityType: name, workflowExecution: run },
          { logger: new DefaultLogger('ERROR', () => undefined) },
        );
        const act = activities[name] as (given: unknown) => Promise<unknown>;
        const failure = await env.run(act, { ...args, approval }).then(
          () => assert.fail(`${name} went on with ${what}`),
          (error: unknown) => error,
        );
        const { code, message } = problemOf(failure);
        assert.equal(code, 'DR-APPROVAL-MISSING', `${what}: ${message}`);
        assert.ok(message.includes(`activity ${name} `), message);
        assert.equal((failure as { nonRetryable?: boolean }).nonRetryable, true);
        assert.equal(calls, 0, `${name} called the engine or the pooler with ${what}`);
      }
      assert.deepEqual(contents(folder), folderBefore);
    });
  }

  it('or a harmless one: each that a site worker has is in one of the two lists', () => {
    assert.deepEqual(
      Object.entries(activities)
        .filter(([, value]) => typeof value === 'function')
        .map(([name]) => name)
        .sort(),
      [...Object.keys(destructive), ...Object.keys(harmless)].sort(),
    );
  });

  it('with the approval of its own run goes on to its work', async () => {
    calls = 0;
    const env = new MockActivityEnvironment(
      { activityType: 'haltServer', workflowExecution: run },
      { logger: new DefaultLogger('ERROR', () => undefined) },
    );
    const act = activities.haltServer as (given: unknown) => Promise<unknown>;
    const failure = await env
      .run(act, { ...args, approval: { ...another, runId: run.runId } })
      .catch((error: unknown) => error);
    assert.equal(problemOf(failure).code, 'DR-ENGINE');
    assert.ok(calls > 0, 'the table would pass with an engine that nobody can call');
  });
});

const contents = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('.sock'))
    .map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`);

/** Never run: it has to compile, and each marked line must not. */
export function onlyAGateMakesAnApproval(kernel: Run, approval: Approval): unknown[] {
  const act = (): Promise<void> => Promise.resolve();
  return [
    kernel.irreversible('right', approval, act),
    // @ts-expect-error what travels to an activity is not the approval itself
    kernel.irreversible('a reference', approval.reference, act),
    // @ts-expect-error the brand cannot be written down
    kernel.irreversible('made by hand', { reference: approval.reference, reason: approval.reason }, act),
    // @ts-expect-error nothing is no approval
    kernel.irreversible('none', undefined, act),
  ];
}

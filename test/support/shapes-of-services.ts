/** The shapes that runs on services can have; `save-histories` keeps one of each. */
import { bundle, image } from './fake-configuration';
import { controlQueue, starterType } from '../../workflows/contracts/names';
import { releaseSignal, servedSignal } from '../../workflows/contracts/messages';
import { loseSite, loseSitePartly, serveAway } from './fake-lost-site';
import { makeReady } from './fake-readiness';
import { lesson } from './fake-periodic';
import { killAll } from './fake-system';
import type { House } from './house';
import { approve, openCard, seen, until, untilChildWaits } from './runs';
import type { Shape } from './shapes';
import { shapesOfIncidents } from './shapes-of-incidents';
import { shapesOfTests } from './shapes-of-tests';

const word = { by: 'on-call', reason: 'saved history' };

const recovery: Record<string, Shape> = {
  restarted: (house) => house.recoverService({ service: 'api-gateway' }, 'recover.service.api-gateway'),
  'not-needed': (house, site) => {
    site.service.container = { running: true };
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    return house.recoverService();
  },
  refused: (house, site) => {
    site.service.dependencies.set('redis', { healthy: false, says: 'it has no container' });
    return house.recoverService();
  },
  'held-mended': async (house, site) => {
    site.service.helps = [];
    const handle = await house.recoverService();
    await until(handle, 'held');
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
    return handle;
  },
  expired: (house) => house.recoverService({ policyMayAnswer: false, approvalTimeoutMs: 200 }),
};

const store = (house: House, procedure: 'backupRedis' | 'restoreRedis', input = {}): ReturnType<Shape> =>
  house.client.workflow.start(procedure, {
    taskQueue: controlQueue,
    workflowId: `${procedure === 'backupRedis' ? 'backup' : 'recover'}.store.redis`,
    args: [{ store: 'redis', reason: 'test', by: 'tester', ...input }],
  });

const backup: Record<string, Shape> = { taken: (house) => store(house, 'backupRedis') };

const restore: Record<string, Shape> = {
  'by-policy': (house) => store(house, 'restoreRedis'),
  refused: (house, site) => {
    site.store.backups = [];
    return store(house, 'restoreRedis');
  },
  'approved-aborted': async (house, site) => {
    site.store.facts = { ...site.store.facts, answered: true, running: true, volumeThere: true, keys: 12 };
    site.store.unwell = [{ service: 'auth-service', says: 'status 503' }];
    const handle = await store(house, 'restoreRedis');
    await approve(handle);
    await until(handle, 'held');
    await handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] });
    return handle;
  },
};

const people = (house: House, procedure: string, workflowId: string, input: object): ReturnType<Shape> =>
  house.client.workflow.start(procedure, {
    taskQueue: controlQueue,
    workflowId,
    args: [{ incident: 'inc-1', reason: 'test', by: 'tester', ...input }],
  });
const notice = { template: 'update', severity: 'major', facts: { summary: 'Orders are refused' } };
const call = { severity: 'major', summary: 'Orders are refused' };

// The plan has no servers or accounts: what is saved tells nobody.
const notification: Record<string, Shape> = {
  'not-configured': (house) => people(house, 'notifyPeople', 'notify.inc-1.update', notice),
  refused: (house) => people(house, 'notifyPeople', 'notify.inc-1.update', { ...notice, facts: {} }),
};

const onCall: Record<string, Shape> = {
  exhausted: (house) => people(house, 'callOnCall', 'oncall.inc-1', { ...call, acknowledgeWithinMs: 300 }),
};

const status: Record<string, Shape> = {
  posted: (house) =>
    people(house, 'postStatus', 'status.inc-1.1', { key: '1', state: 'investigating', message: 'We look into it.' }),
};

const checklist: Record<string, Shape> = {
  'ticked-closed': async (house) => {
    const handle = await people(house, 'recoveryChecklist', 'checklist.inc-1', {});
    await handle.signal('milestone', { name: 'database-serves', by: 'recovery' });
    await handle.signal('tick', { item: '1.1', by: word.by });
    await handle.signal('tick', { item: 'nothing like it', by: word.by });
    await handle.signal('close', word);
    return handle;
  },
};

const locks = {
  backupConfiguration: 'backup.configuration',
  restoreConfiguration: 'recover.configuration',
  backupCertificates: 'backup.certificates',
  restoreCertificates: 'recover.certificates',
};
const onFiles = (house: House, procedure: keyof typeof locks, input = {}): ReturnType<Shape> =>
  house.client.workflow.start(procedure, {
    taskQueue: controlQueue,
    workflowId: locks[procedure],
    args: [{ reason: 'test', by: 'tester', ...input }],
  });

const configuration: Record<string, Shape> = {
  'by-policy': (house) => onFiles(house, 'restoreConfiguration'),
  'not-needed': (house, site) => {
    site.configuration.comparison = { same: 12, files: [], warnings: [] };
    return onFiles(house, 'restoreConfiguration');
  },
  'image-loaded': (house, site) => {
    site.configuration.comparison = { same: 12, files: [], warnings: [] };
    site.configuration.images = [{ image, there: false, named: false }];
    return onFiles(house, 'restoreConfiguration');
  },
  'approved-aborted': async (house, site) => {
    site.configuration.comparison.warnings = ['PGDATA_VOLUME: nothing here says what it is'];
    site.fail('checkFiles', 'DR-COMPOSE', 'docker compose config ended with 15');
    const handle = await onFiles(house, 'restoreConfiguration');
    await approve(handle);
    await until(handle, 'held');
    await handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] });
    return handle;
  },
};

const certificates: Record<string, Shape> = {
  served: (house) => onFiles(house, 'restoreCertificates'),
  refused: (house, site) => {
    site.configuration.bundles = [{ backup: bundle, problem: 'it expired', code: 'DR-CERTIFICATE' }];
    return onFiles(house, 'restoreCertificates');
  },
};

const byTheClock = (house: House, procedure: 'backupDatabase' | 'restoreTest', input = {}): ReturnType<Shape> =>
  house.start(procedure, input, `${procedure === 'backupDatabase' ? 'backup' : 'test'}.database.shandi`);

const backupDatabase: Record<string, Shape> = {
  taken: (house) => byTheClock(house, 'backupDatabase', { kind: 'incremental' }),
  expired: (house, site) => {
    site.answer('outlivedBackups', () => ({ labels: ['20261101-160000F'], keeps: ['20261122-160000F'] }));
    return byTheClock(house, 'backupDatabase', { kind: 'full', expire: true });
  },
  refused: (house, site) => {
    site.fail('archiveCheck', 'DR-ARCHIVE', 'nothing arrives');
    return byTheClock(house, 'backupDatabase', { kind: 'full' });
  },
};

const restoreTest: Record<string, Shape> = {
  passed: (house) => byTheClock(house, 'restoreTest', { point: 'latest' }),
  failed: (house, site) => {
    site.inspection = { checksumFailures: 2 };
    return byTheClock(house, 'restoreTest', { point: 'latest' });
  },
};

/** What a schedule starts: no procedure, and it has a history all the same. */
const starter: Record<string, Shape> = {
  completed: (house) =>
    house.client.workflow.start(starterType, {
      taskQueue: controlQueue,
      workflowId: 'schedule.saved-history',
      args: [
        {
          schedule: 'saved-history',
          procedure: 'backupRedis',
          workflowId: 'backup.store.redis',
          input: { store: 'redis', reason: 'test', by: 'schedule' },
          windowMs: 60_000,
        },
      ],
    }),
};

const wholeSystem = (house: House, input = {}): ReturnType<Shape> =>
  house.client.workflow.start('fullSystemRecovery', {
    taskQueue: controlQueue,
    workflowId: 'recover.system',
    args: [{ reason: 'test', by: 'tester', protect: false, tell: false, ...input }],
  });

const system: Record<string, Shape> = {
  'all-killed': (house, site) => {
    killAll(site);
    return wholeSystem(house);
  },
  'not-needed': (house, site) => {
    site.system.state = 'running';
    site.store.facts = { ...site.store.facts, answered: true, running: true, volumeThere: true };
    return wholeSystem(house);
  },
  'service-not-recovered': (house, site) => {
    killAll(site);
    site.system.ill.add('content-service');
    site.service.imageThere = false;
    site.service.container = undefined;
    return wholeSystem(house);
  },
  'rejected-then-mended': async (house, site) => {
    killAll(site);
    site.volumes.set('postgres', 'gone');
    const handle = await wholeSystem(house);
    await untilChildWaits(handle);
    const child = house.client.workflow.getHandle('recover.database.shandi');
    const { gates } = await until(child, 'waiting-approval');
    await child.executeUpdate('reject', { args: [{ card: gates[0]?.card.hash, ...word }] });
    await until(handle, 'held');
    site.service.dependencies.clear();
    await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
    return handle;
  },
};

const reduced = (house: House, input: object): ReturnType<Shape> =>
  house.client.workflow.start('reducedFunctionality', {
    taskQueue: controlQueue,
    workflowId: 'reduce.gateway',
    args: [{ reason: 'test', by: 'tester', ...input }],
  });

const reducedFunctionality: Record<string, Shape> = {
  lifted: async (house) => {
    const handle = await reduced(house, { mode: 'maintenance' });
    await seen(handle, ({ task }) => task !== undefined);
    await handle.executeUpdate('lift', { args: [word] });
    return handle;
  },
  expired: (house) => reduced(house, { mode: 'critical-only', forMs: 1_000 }),
  'left-behind': (house, site) => {
    site.reduced.leaveBehind();
    return reduced(house, { mode: 'off' });
  },
};

const relief = (house: House, input: object = {}): ReturnType<Shape> =>
  house.client.workflow.start('relieveResources', {
    taskQueue: controlQueue,
    workflowId: 'recover.resources',
    args: [{ reason: 'test', by: 'tester', ...input }],
  });

const resources: Record<string, Shape> = {
  'by-policy': (house, site) => {
    site.resources.fill();
    return relief(house);
  },
  'not-needed': (house) => relief(house),
  refused: (house, site) => {
    site.resources.hog('order-service');
    return relief(house);
  },
  'approved-sessions': async (house, site) => {
    site.resources.exhaust();
    const handle = await relief(house);
    await approve(handle);
    return handle;
  },
};

const moveSite = (house: House, input = {}): ReturnType<Shape> =>
  house.client.workflow.start('siteFailover', {
    taskQueue: controlQueue,
    workflowId: 'recover.system',
    args: [{ site: 'backup', reason: 'test', by: 'tester', ...input }],
  });
const answerGates = async (handle: Awaited<ReturnType<Shape>>, gates: string[]): Promise<void> => {
  for (const name of gates) {
    const view = await seen(handle, (now) => now.gates.some((one) => one.name === name && one.state === 'open'));
    await approve(handle, openCard(view));
  }
};
const siteFailover: Record<string, Shape> = {
  refused: (house) => moveSite(house, { site: 'nowhere' }),
  'lost-in-full': async (house, site) => {
    loseSite(site);
    const handle = await moveSite(house);
    await answerGates(handle, ['site-failover', 'unproven-fence', 'traffic']);
    return handle;
  },
  'lost-in-part': async (house, site) => {
    loseSitePartly(site);
    const handle = await moveSite(house);
    await answerGates(handle, ['site-failover', 'traffic']);
    return handle;
  },
  'aborted-before-the-promotion': async (house, site) => {
    loseSitePartly(site);
    site.fail('promoteStandby', 'DR-STANDBY', 'not promoted: its replay is paused');
    const handle = await moveSite(house);
    await answerGates(handle, ['site-failover']);
    await until(handle, 'held');
    await handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] });
    return handle;
  },
};
const comeHome = async (house: House, input = {}): ReturnType<Shape> => {
  const hold = await house.start('holdDatabase', { site: 'backup' });
  await hold.signal(servedSignal, { homeStopped: true });
  return house.client.workflow.start('siteFailback', {
    taskQueue: controlQueue,
    workflowId: 'recover.system',
    args: [{ reason: 'test', by: 'tester', ...input }],
  });
};
const siteFailback: Record<string, Shape> = {
  refused: (house) => comeHome(house),
  approved: async (house, site) => {
    serveAway(site);
    const handle = await comeHome(house);
    await answerGates(handle, ['site-failback', 'traffic']);
    return handle;
  },
  undone: async (house, site) => {
    serveAway(site);
    site.fail('promoteStandby', 'DR-STANDBY', 'not promoted: its replay is paused');
    const handle = await comeHome(house);
    await answerGates(handle, ['site-failback']);
    return handle;
  },
};
const hold: Record<string, Shape> = {
  'released-after-the-site-came-back': async (house, site) => {
    site.sites.isBack = true;
    const handle = await house.start('holdDatabase', { site: 'backup' });
    await handle.signal(servedSignal, { homeStopped: false });
    await seen(handle, (view) =>
      view.steps.some((one) => /Mark postgres-standby/.test(one.title) && one.state === 'done'),
    );
    await handle.signal(releaseSignal, word);
    return handle;
  },
};

const check = (house: House): ReturnType<Shape> =>
  house.client.workflow.start('readinessCheck', {
    taskQueue: controlQueue,
    workflowId: 'check.readiness',
    args: [{ reason: 'test', by: 'tester' }],
  });
const readiness: Record<string, Shape> = {
  ready: (house, site) => {
    makeReady(site);
    return check(house);
  },
  'not-ready': (house) => check(house),
};

const procedure = (house: House, name: string, workflowId: string, input: object): ReturnType<Shape> =>
  house.client.workflow.start(name, {
    taskQueue: controlQueue,
    workflowId,
    args: [{ reason: 'test', by: 'tester', ...input }],
  });

const report: Record<string, Shape> = {
  sent: (house) =>
    procedure(house, 'periodicReport', 'report.monthly', { kind: 'monthly', period: '2026-10', send: true }),
  refused: (house) => procedure(house, 'periodicReport', 'report.annual', { kind: 'annual', period: '2999' }),
};

const task: Record<string, Shape> = {
  closed: (house, site) => {
    site.periodic.tasks = [lesson];
    return procedure(house, 'closeTask', `task.${lesson.key}`, { task: lesson.key });
  },
};

/** By the name of the procedure as it stands in the file's name. */
export const shapesOfServices: Record<string, Record<string, Shape>> = {
  'service-recovery': recovery,
  'full-system-recovery': system,
  'backup-redis': backup,
  'restore-redis': restore,
  'notify-people': notification,
  'call-on-call': onCall,
  'post-status': status,
  'recovery-checklist': checklist,
  'backup-configuration': { taken: (house) => onFiles(house, 'backupConfiguration') },
  'restore-configuration': configuration,
  'backup-certificates': { taken: (house) => onFiles(house, 'backupCertificates') },
  'restore-certificates': certificates,
  'backup-database': backupDatabase,
  'restore-test': restoreTest,
  'start-scheduled': starter,
  'relieve-resources': resources,
  'reduced-functionality': reducedFunctionality,
  'site-failover': siteFailover,
  'site-failback': siteFailback,
  'hold-database': hold,
  'readiness-check': readiness,
  'periodic-report': report,
  'close-task': task,
  ...shapesOfIncidents,
  ...shapesOfTests,
};

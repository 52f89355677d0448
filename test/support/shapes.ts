/** The shapes that runs of failover, switchover, reprotection, restart and guard can have; `save-histories` keeps one of each. */
import type { WorkflowHandle } from '@temporalio/client';
import type { Observation } from '../../activities/guard';
import type { Round } from '../../workflows/contracts/guard';
import { runQuery } from '../../workflows/contracts/messages';
import type { RunView } from '../../workflows/contracts/run-view';
import type { FakeSite } from './fake-site';
import type { House } from './house';
import { approve, openCard, until } from './runs';

/** Begins a run, and says and plants what gives it its shape; the run ends by itself from there. */
export type Shape = (house: House, site: FakeSite) => Promise<WorkflowHandle>;

const word = { by: 'on-call', reason: 'saved history' };
const seenAt = '2026-11-22T17:00:00.000Z';
const sighting = { verdict: 'died', reasons: ['primary: engine ok (its container has exited with 137)'], seenAt };

const lose = (site: FakeSite, service: string): void => {
  site.servers.set(service, { answered: false, problem: 'its container is not running (exit code 137)' });
};
const resolve = (handle: WorkflowHandle, action: string): Promise<unknown> =>
  handle.executeUpdate('resolve', { args: [{ action, ...word }] });

/** Waits for something in the view of a run. */
async function seen(handle: WorkflowHandle, wanted: (view: RunView) => boolean): Promise<RunView> {
  for (;;) {
    const view = await handle.query(runQuery).catch(() => undefined);
    if (view && wanted(view)) return view;
    await new Promise((done) => setTimeout(done, 30));
  }
}
const open = (handle: WorkflowHandle, gate: string): Promise<RunView> =>
  seen(handle, (view) => view.gates.some((one) => one.name === gate && one.state === 'open'));

const failover: Record<string, Shape> = {
  'by-policy': (house, site) => {
    lose(site, 'postgres');
    return house.start('databaseFailover', { sighting });
  },
  'not-needed': (house) => house.start('databaseFailover', { sighting }),
  refused: (house, site) => {
    lose(site, 'postgres');
    lose(site, 'postgres-standby');
    return house.start('databaseFailover', { sighting });
  },
  expired: (house, site) => {
    lose(site, 'postgres');
    return house.start('databaseFailover', { sighting, policyMayAnswer: false, approvalTimeoutMs: 200 });
  },
  'drifted-rejected': async (house, site) => {
    lose(site, 'postgres');
    const handle = await house.start('databaseFailover', { sighting, policyMayAnswer: false });
    await until(handle, 'waiting-approval');
    // Longer than facts are taken for fresh.
    await new Promise((done) => setTimeout(done, 2_200));
    site.servers.delete('postgres');
    await approve(handle);
    const view = await seen(handle, ({ gates }) => gates[1]?.state === 'open');
    await handle.signal('reject', { card: openCard(view), ...word });
    return handle;
  },
  'unproven-accepted': async (house, site) => {
    lose(site, 'postgres');
    site.fail('proveFence', 'DR-FENCE-NOT-PROVEN', 'it still runs', 2);
    const handle = await house.start('databaseFailover', { sighting });
    await approve(handle, openCard(await open(handle, 'unproven-fence')));
    return handle;
  },
  'unproven-rejected': async (house, site) => {
    lose(site, 'postgres');
    site.fail('haltServer', 'DR-ENGINE', 'the engine said nothing for 3 s');
    site.fail('proveFence', 'DR-FENCE-NOT-PROVEN', 'it still runs', 2);
    const handle = await house.start('databaseFailover', { sighting });
    await handle.signal('reject', { card: openCard(await open(handle, 'unproven-fence')), ...word });
    return handle;
  },
  'retried-skipped': async (house, site) => {
    lose(site, 'postgres');
    site.fail('pauseClients', 'DR-POOLER', 'the console does not answer');
    site.fail('promoteStandby', 'DR-PROMOTE', 'it did not leave recovery');
    site.fail('archiveTail', 'DR-ARCHIVE', 'the repository is full');
    const handle = await house.start('databaseFailover', { sighting });
    await until(handle, 'held');
    await resolve(handle, 'retry');
    await seen(handle, ({ hold }) => /archive/.test(hold?.title ?? ''));
    await resolve(handle, 'skip');
    return handle;
  },
  'aborted-after-promotion': async (house, site) => {
    lose(site, 'postgres');
    site.fail('clientWrite', 'DR-CLIENT-WRITE', 'no row came back', 6);
    const handle = await house.start('databaseFailover', { sighting });
    await until(handle, 'held');
    await resolve(handle, 'abort');
    return handle;
  },
};

const switchover: Record<string, Shape> = {
  graceful: async (house) => {
    const handle = await house.start('databaseSwitchover');
    await approve(handle);
    return handle;
  },
  refused: (house, site) => {
    site.servers.set('postgres', { oldestTransactionMs: 60_000 });
    return house.start('databaseSwitchover');
  },
  'stalled-undone': async (house, site) => {
    site.delays.set('stopInOrder', 600);
    const handle = await house.start('databaseSwitchover', { stallBudgetMs: 500 });
    await approve(handle);
    return handle;
  },
  'lost-at-the-gate-rejected': async (house, site) => {
    const handle = await house.start('databaseSwitchover');
    await until(handle, 'waiting-approval');
    lose(site, 'postgres');
    await approve(handle);
    const view = await open(handle, 'ungraceful');
    await handle.signal('reject', { card: openCard(view), ...word });
    return handle;
  },
  'not-promoted-undone': async (house, site) => {
    site.fail('promoteStandby', 'DR-STANDBY', 'not promoted: it has received WAL up to 0/6000000');
    const handle = await house.start('databaseSwitchover');
    await approve(handle);
    return handle;
  },
  'ungraceful-failed-over': async (house, site) => {
    site.answer('stopInOrder', () => {
      lose(site, 'postgres');
      site.fail('unfenceServer', 'DR-DATABASE-DOWN', 'it takes no writes');
      throw site.failure('DR-STALL', 'it did not shut down in order: exit code 1');
    });
    const handle = await house.start('databaseSwitchover');
    for (const gate of ['switch', 'ungraceful', 'promote']) await approve(handle, openCard(await open(handle, gate)));
    return handle;
  },
};

/** As after a failover: the other server was left behind on the old timeline. */
const leaveBehind = (site: FakeSite): void => {
  site.servers.set('postgres', { timeline: 2 });
  lose(site, 'postgres-standby');
};

const reprotect: Record<string, Shape> = {
  'nothing-to-do': (house) => house.start('reprotectDatabase'),
  rewound: (house, site) => {
    leaveBehind(site);
    return house.start('reprotectDatabase');
  },
  'started-then-copied': (house, site) => {
    site.servers.set('postgres-standby', { receiver: 'waiting' });
    site.fail('startStandby', 'DR-STANDBY', 'it was not up in time');
    site.answer('rebuildStandby', () => ({ volume: 'new', before: 'old', state: 'streaming', durationMs: 10 }));
    return house.start('reprotectDatabase');
  },
  'rewind-failed-copied': (house, site) => {
    leaveBehind(site);
    site.fail('rewindStandby', 'DR-STANDBY', 'pg_rewind ended with 1');
    return house.start('reprotectDatabase');
  },
  rejected: async (house, site) => {
    leaveBehind(site);
    site.divergence = { commits: 3 };
    const handle = await house.start('reprotectDatabase');
    const card = openCard(await until(handle, 'waiting-approval'));
    await handle.signal('reject', { card, ...word });
    return handle;
  },
};

const restart: Record<string, Shape> = {
  'by-policy': (house, site) => {
    lose(site, 'postgres');
    return house.start('databaseRestart');
  },
  'held-aborted': async (house, site) => {
    site.fail('restartServer', 'DR-COMPOSE', 'no such image');
    const handle = await house.start('databaseRestart');
    await approve(handle);
    await until(handle, 'held');
    await resolve(handle, 'abort');
    return handle;
  },
};

const container = {
  exists: true,
  running: true,
  paused: false,
  exitCode: 0,
  oomKilled: false,
  restartPolicy: 'always',
};
const look = (by: Observation['by'], answers: Round['answers'], rest: Partial<Round> = {}): Observation => ({
  by,
  says: 'as saved',
  round: { observer: 'primary', startedAt: seenAt, answers, container, ...rest },
});
const answer = (
  probe: Round['answers'][number]['probe'],
  said: Round['answers'][number]['answer'],
): Round['answers'][number] => ({ probe, answer: said, says: said, tookMs: 1 });

/** Waits until every observer watches anew after something was said or seen. */
async function watching(site: FakeSite, after: number): Promise<void> {
  while (site.count('observeDatabase') < after + 2) await new Promise((done) => setTimeout(done, 20));
}
async function ended(handle: WorkflowHandle): Promise<WorkflowHandle> {
  await handle.executeUpdate('abort', { args: [word] });
  return handle;
}

const guard: Record<string, Shape> = {
  'failed-over-reprotected': async (house, site) => {
    const handle = await house.start('guardDatabase');
    await watching(site, 0);
    lose(site, 'postgres');
    site.observations.push(
      look('event', [answer('engine', 'ok')], { container: { ...container, running: false, exitCode: 137 } }),
    );
    while (!site.ended.includes('fullBackup')) await new Promise((done) => setTimeout(done, 30));
    site.observations.push(look('look', [answer('direct', 'ok'), answer('standby', 'ok')]));
    await seen(handle, ({ state, timeline }) => state === 'watching' && /well again/.test(timeline.at(-1)?.text ?? ''));
    return ended(handle);
  },
  'alarms-and-freezes': async (house, site) => {
    const silent = (['direct', 'client-path', 'standby'] as const).map((probe) => answer(probe, 'silent'));
    site.round = look('look', silent).round;
    const handle = await house.start('guardDatabase');
    await watching(site, 0);
    let watches = site.count('observeDatabase');
    await handle.signal('freeze', { kind: 'freeze', ...word });
    await handle.signal('freeze', { kind: 'ice' });
    await watching(site, watches);
    site.observations.push(look('look', silent));
    await seen(handle, ({ state, waitingFor }) => state === 'alarm' && /nothing is done/.test(waitingFor ?? ''));
    watches = site.count('observeDatabase');
    await handle.executeUpdate('unfreeze', { args: [word] });
    await watching(site, watches);
    const noPooler = look('look', [answer('direct', 'ok'), answer('client-path', 'refused')]);
    site.round = noPooler.round;
    site.observations.push(noPooler);
    await seen(handle, ({ waitingFor }) => /look at the pooler/.test(waitingFor ?? ''));
    watches = site.count('observeDatabase');
    site.observations.push(look('peace', [answer('direct', 'ok')]));
    await watching(site, watches);
    site.observations.push(look('look', [answer('direct', 'ok'), answer('client-path', 'ok')]));
    await seen(handle, ({ state }) => state === 'watching');
    return ended(handle);
  },
};

/** By the name of the procedure as it stands in the file's name. */
export const shapesOfFailover: Record<string, Record<string, Shape>> = {
  'database-failover': failover,
  'database-switchover': switchover,
  'reprotect-database': reprotect,
  'database-restart': restart,
  'guard-database': guard,
};

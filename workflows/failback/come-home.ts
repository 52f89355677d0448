/** Phases after the promotion at home: services, clients, proof and protection. */
import type { HeldArchiving } from '../../activities/postgres';
import type { Approval } from '../contracts/approval';
import { databaseResource } from '../contracts/names';
import { duration } from '../contracts/words';
import { protect, type ToProtect } from '../failover/protect';
import type { Finished } from '../kernel/procedure';
import type { Run } from '../kernel/run';
import type { Reprotected } from '../reprotect/member';
import { askForRecord, sendTraffic } from '../site/traffic';
import { askWitnesses } from '../steps/ask-witnesses';
import type { Moved } from '../switchover/graceful';
import type { Recovered } from '../system/data';
import { namesOf } from '../system/order';
import { askForPages, openGateway, recoverServices } from '../system/services';
import { validate } from '../system/validate';
import { stackOf, type WayHome } from './context';
import { followHome, keepLock, letLockGo, restOf, standbysFollow, stopThere } from './stand-by';

/** The database is at home. */
export interface AtHome {
  /** Absent: an earlier run has promoted it. */
  moved?: Moved;
  timeline: number;
  /** Absent: it followed already. */
  toProtect?: ToProtect;
  /** Makes the server that has served a standby; absent: it is one. */
  archiving?: HeldArchiving;
  followed?: Reprotected;
  stores: Recovered[];
  /** Puts the restart policy of the gateway back. */
  readyGateway: () => Promise<void>;
  /** Those that missed nothing before. */
  witnesses: string[];
}

/** Time for requests under way at the gateway of the site that has served, seconds: its database is shut down by then. */
const graceSeconds = 1;
const restGraceSeconds = 5;

/** Everything comes after the database: from here on the way is forward. */
export async function comeHome(run: Run, way: WayHome, now: AtHome, valid: Approval): Promise<Finished> {
  const { plan, system, there, planThere, cluster, standIn } = way;
  const { moved, archiving, toProtect, readyGateway } = now;
  const { critical, rest } = system.order;
  run.phase('Critical services');
  // What an earlier run has left without a restart policy there gets the one of its like at home, which has to have it by then.
  if (!moved) await readyGateway();
  const shut = stopThere(run, way, [stackOf(planThere).gateway], graceSeconds, valid);
  // Whoever ends the run meanwhile has it fail before it is waited for.
  shut.catch(() => undefined);
  if (moved) await readyGateway();
  const without = await recoverServices(run, system, critical, valid, () => openGateway(run, system, valid));
  without.push(...(await askForPages(run, system, critical)));
  const servedMs = moved ? Date.now() - Date.parse(moved.resumedAt) + moved.stallMs : null;
  run.note(`site ${system.site.name} serves the critical services ${sinceHeld(servedMs)}`);
  await shut;
  askForRecord(run, { plan, system });
  // A program is quick and clients wait for it; a person is not waited for by the rest.
  const early = plan.traffic?.driver === 'command' ? await sendTraffic(run, { plan, system }, valid) : undefined;

  run.phase('All services');
  const follows = archiving
    ? followHome(run, way, archiving, valid)
    : Promise.resolve({ standby: true, started: true });
  follows.catch(() => undefined);
  without.push(...(await recoverServices(run, system, rest, valid)));
  without.push(...(await askForPages(run, system, rest)));
  const lost = [...new Set(without)];
  const sound = await verify(run, way, now);
  if (lost.length === 0 && sound.sound)
    run.verified(`${sound.says}${early === true ? '' : '; that clients come by the public name is NOT proven'}`, 0);

  run.phase('Protect');
  const exposed: string[] = [];
  const [{ standby, started }] = await Promise.all([follows, toProtect && protect(run, cluster, toProtect)]);
  if (!started) exposed.push(`${standIn} at site ${there.name} does not follow: that site cannot take over`);
  await stopThere(run, way, restOf(way), restGraceSeconds, valid);
  if (standby) {
    await letLockGo(run, way);
    const behind = await standbysFollow(run, way);
    if (behind !== undefined) exposed.push(behind);
  } else exposed.push(keepLock(run, way));
  // What needs no public name does not wait for the person who changes it.
  const traffic = early ?? (await sendTraffic(run, { plan, system }, valid));
  tell(run, way, now, { servedMs, lost, exposed, traffic });
  return {
    verdict: 'judge',
    result: {
      from: there.name,
      to: system.site.name,
      database: { name: cluster.home.database.name, from: standIn, to: way.primary, timeline: now.timeline },
      followed: now.followed ?? null,
      stallMs: moved?.stallMs ?? null,
      servedMs,
      loss: 0,
      critical: namesOf(critical),
      notRecovered: lost,
      traffic,
      validated: way.input.validate ? sound.sound : null,
      exposed,
    },
  };
}

/** The data is sound, orders are really placed, and those outside find what was acknowledged to them. */
async function verify(
  run: Run,
  { system, cluster }: WayHome,
  { stores, witnesses }: AtHome,
): Promise<{ sound: boolean; says: string }> {
  const { database } = cluster.home;
  const recovered = {
    resource: databaseResource(database.name),
    // They are asked below: what was lost before this run is not its loss.
    ways: ['failover' as const],
    because: [`${database.service} had the last record of its predecessor`],
    lossMs: 0,
  };
  const checked = await validate(run, system, { databases: [{ cluster }] }, [recovered, ...stores]);
  const asked = database.witnesses.filter((one) => witnesses.includes(one.name));
  const whole = await askWitnesses(
    run,
    system.on,
    { ...cluster.home, database: { ...database, witnesses: asked } },
    {},
  );
  return { sound: checked.sound && whole, says: checked.says };
}

function tell(
  run: Run,
  { home, there, standIn, primary, plan }: WayHome,
  { moved, followed, timeline }: AtHome,
  told: { servedMs: number | null; lost: string[]; exposed: string[]; traffic: boolean },
): void {
  run.facts('Site failback', [
    { label: 'Site', value: `${there.name} → ${home.name}` },
    { label: 'Database', value: `${standIn} → ${primary}, timeline ${timeline}` },
    { label: `${primary} came to follow`, value: followed?.how ?? 'by an earlier run' },
    { label: 'Loss', value: `none: ${primary} had the last record of ${standIn} before it was promoted` },
    { label: 'Clients were held for', value: moved ? duration(moved.stallMs) : 'not known: by an earlier run' },
    { label: `Site ${home.name} served`, value: sinceHeld(told.servedMs) },
    { label: 'Not recovered', value: told.lost.join(', ') || 'nothing' },
    {
      label: 'Clients',
      value: told.traffic
        ? plan.traffic?.page
          ? 'get an answer under the public name; by which site was not looked at'
          : 'are sent home'
        : 'NOT PROVEN to be sent home',
    },
    { label: 'Not protected', value: told.exposed.join('; ') || 'nothing that the plan protects' },
    {
      label: 'Next',
      value: `./dr guard NAME where a guard was stopped, and \`./dr unfreeze NAME\` where it was frozen`,
    },
  ]);
}

const sinceHeld = (ms: number | null): string =>
  ms === null ? 'after an earlier run had promoted its database' : `${duration(ms)} after clients were held`;

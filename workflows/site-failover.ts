/**
 * A site is lost: the platform is served from another one. The lost site is stopped as far as it can be reached, the database that
 * followed it becomes the primary, the critical services serve their clients before the rest, and clients are sent there.
 */
import type { Plan } from '../plan';
import type { Approval } from './contracts/approval';
import { databaseResource, recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { siteFailoverInputSchema, type SiteFailoverInput } from './contracts/site';
import { systemResource } from './contracts/system';
import { duration, known } from './contracts/words';
import { lossOf, owed, type FinalLoss } from './failover/body';
import type { Fenced } from './failover/fence';
import type { Opened } from './failover/promote';
import { protect } from './failover/protect';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { assessSites, objections, type SeenMove, type SiteAssessment } from './site/assess';
import { moveOf, type Move } from './site/context';
import { promoteAt, startFoundation, writeAt } from './site/data';
import { decideMove } from './site/decide';
import { fenceSite, provenStopped } from './site/fence';
import { holdDatabases, tellHolder } from './site/lock';
import { askForRecord, sendTraffic } from './site/traffic';
import { askWitnesses } from './steps/ask-witnesses';
import type { Recovered } from './system/data';
import { namesOf } from './system/order';
import { askForPages, openGateway, recoverServices } from './system/services';
import { validate } from './system/validate';

/**
 * The procedure `siteFailover`. @param input one JSON object: see `siteFailoverInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function siteFailover(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'siteFailover',
      schema: siteFailoverInputSchema,
      describe: ({ site, reason, by }) => ({
        resource: systemResource,
        // That of a recovery of everything: the two must never work beside each other.
        lock: recoveryLock(systemResource),
        mode: 'site-failover',
        summary: `failover to site ${site}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: SiteFailoverInput, plan: Plan): Promise<Finished> {
  if (run.drill)
    return run.refuse([
      {
        code: 'DR-REFUSED',
        message:
          'siteFailover was asked for with drill: the copy of a drill has one site, so nothing of it can go to another',
        next: 'Nothing was touched. Start it without drill.',
      },
    ]);
  const move = moveOf(run, input, plan);
  let seen = await assessSites(run, move);
  for (let again = false; ; again = true) {
    const against = objections(move, seen);
    if (against.length > 0)
      return run.refuse(
        against.map((message) => ({
          code: 'DR-SITE',
          message,
          next: 'Nothing was touched. Mend what is named, then start again.',
        })),
      );
    const { approval, latest, lookedAgain } = await decideMove(run, move, seen);
    const letGo = await holdDatabases(run, move, latest().databases, again);
    // What was seen before the lock was ours may be past: a failover at home promotes another server, and ends.
    seen = await assessSites(run, move);
    const drift = lookedAgain(seen);
    if (drift === undefined)
      return run.irreversible(`Serve from site ${move.system.site.name}`, approval, (valid) =>
        takeOver(run, move, latest(), valid),
      );
    // Held on while a person thinks it over, it would keep the guard from a failover at home.
    await letGo(`not yet: ${drift}`);
    run.revoke(approval, drift);
  }
}

/** What became of one database. */
interface Moved {
  seen: SeenMove;
  fenced?: Fenced;
  opened?: Opened;
  loss: FinalLoss;
}

async function takeOver(run: Run, move: Move, seen: SiteAssessment, valid: Approval): Promise<Finished> {
  const { system } = move;
  const { critical, rest } = system.order;
  run.phase('Fence');
  const foundation = startFoundation(run, move, seen.project, valid);
  // Whoever ends the run meanwhile has it fail before it is waited for.
  foundation.catch(() => undefined);
  const fenced = await fenceSite(run, move, seen, valid);
  const stores = await foundation;

  run.phase('Promote');
  const moved: Moved[] = [];
  for (const one of seen.databases)
    moved.push(await openDatabase(run, move, one, fenced.get(one.database.name), valid));

  run.phase('Critical services');
  const without = await recoverServices(run, system, critical, valid, () => openGateway(run, system, valid));
  without.push(...(await askForPages(run, system, critical)));
  const criticalMs = Date.now() - system.began;
  run.note(`site ${system.site.name} serves the critical services after ${duration(criticalMs)}`);
  askForRecord(run, move);
  // A program is quick and clients wait for it; a person is not waited for by the rest of the services.
  const early = move.plan.traffic?.driver === 'command' ? await sendTraffic(run, move, valid) : undefined;

  run.phase('All services');
  without.push(...(await recoverServices(run, system, rest, valid)));
  without.push(...(await askForPages(run, system, rest)));
  const allMs = Date.now() - system.began;
  const sound = await verify(run, move, moved, stores);
  const lost = [...new Set(without)];
  if (lost.length === 0 && sound.sound)
    run.verified(`${sound.says}${early ? '' : '; that clients come by the public name is NOT proven'}`, worst(moved));
  const exposed = await protectAll(run, moved);
  // What needs no public name does not wait for the person who changes it, and is not lost with his no.
  const traffic = early ?? (await sendTraffic(run, move, valid));
  tell(run, move, moved, { seen, criticalMs, allMs, lost, traffic });
  return {
    verdict: 'judge',
    result: {
      from: move.home.name,
      to: system.site.name,
      loss: seen.loss.loss,
      criticalMs,
      allMs,
      critical: namesOf(critical),
      notRecovered: lost,
      traffic,
      validated: move.input.validate ? sound.sound : null,
      databases: moved.map(({ seen: { database, facts }, fenced: fence, opened, loss }) => ({
        name: database.name,
        from: facts.survey.primary.service,
        to: database.service,
        estimate: facts.loss,
        loss,
        fence: fence?.proof ?? null,
        salvage: fence?.salvage ?? null,
        promoted: opened?.promoted ?? null,
      })),
      exposed,
    },
  };
}

async function openDatabase(
  run: Run,
  move: Move,
  seen: SeenMove,
  fenced: Fenced | undefined,
  valid: Approval,
): Promise<Moved> {
  if (seen.promoted || !fenced) {
    // The earlier run may have ended before it told: the holder would wait, and let a primary start when the site comes back.
    await tellHolder(run, seen.database.name, await provenStopped(run, move, seen));
    const { away, service } = seen.database;
    await writeAt(run, move, { home: away.home, service, facts: seen.facts.chosen }, valid);
    return { seen, loss: { ms: null, basis: 'an earlier run has promoted it, and has measured what was lost' } };
  }
  const opened = await promoteAt(run, move, seen, fenced, valid);
  await tellHolder(run, seen.database.name, fenced.proof !== undefined);
  return { seen, fenced, opened, loss: lossOf(seen.facts, fenced, opened) };
}

/** The data is sound, orders are really placed, and those outside find what is owed to them. */
async function verify(
  run: Run,
  move: Move,
  moved: Moved[],
  stores: Recovered[],
): Promise<{ sound: boolean; says: string }> {
  const { system } = move;
  const databases = moved.map(({ seen }) => ({ cluster: seen.database.away }));
  const recovered = moved.map(({ seen, loss }): Recovered => ({
    resource: databaseResource(seen.database.name),
    ways: ['failover'],
    because: [loss.basis],
    lossMs: loss.ms,
  }));
  const checked = await validate(run, system, { databases }, [...recovered, ...stores]);
  let whole = true;
  for (const { seen, fenced, opened } of moved) {
    if (!fenced || !opened) continue;
    whole = (await askWitnesses(run, system.on, seen.database.away.home, owed(fenced, opened))) && whole;
  }
  return { sound: checked.sound && whole, says: checked.says };
}

/** @returns what is not protected, in sentences */
async function protectAll(run: Run, moved: Moved[]): Promise<string[]> {
  run.phase('Protect');
  const exposed: string[] = [];
  for (const { seen, opened } of moved) {
    if (opened) await protect(run, seen.database.away, opened);
    exposed.push(
      `database ${seen.database.name} has no standby while it is served at site ${opened?.at.site.name ?? ''}`,
    );
  }
  return exposed;
}

/** One that is not known makes the whole not known. */
const worst = (moved: Moved[]): number | null =>
  moved.some(({ loss }) => loss.ms === null) ? null : Math.max(0, ...moved.map(({ loss }) => loss.ms ?? 0));

/** A page under the public name says that clients are served; which site has answered it does not say. */
const clientsWords = (plan: Plan, traffic: boolean): string => {
  if (!traffic) return 'NOT PROVEN to be sent to the site';
  return plan.traffic?.page
    ? 'get an answer under the public name; by which site was not looked at'
    : 'are sent to the site';
};

function tell(
  run: Run,
  { plan, home, system }: Move,
  moved: Moved[],
  told: { seen: SiteAssessment; criticalMs: number; allMs: number; lost: string[]; traffic: boolean },
): void {
  const [first] = plan.tiers;
  run.facts('Site failover', [
    { label: 'Site', value: `${home.name} → ${system.site.name}; its loss was ${told.seen.loss.loss}` },
    ...moved.flatMap(({ seen: { database, facts }, fenced, loss }) => [
      { label: `Database ${database.name}`, value: `${facts.survey.primary.service} → ${database.service}` },
      {
        label: 'Fence',
        value: fenced?.proof
          ? `proven at ${fenced.proof.provenAt}`
          : fenced
            ? 'NOT PROVEN; the risk was accepted'
            : 'settled before',
      },
      { label: 'Loss predicted, at most', value: known(facts.loss.ms, duration) },
      { label: 'Loss', value: `${known(loss.ms, duration)}: ${loss.basis}` },
    ]),
    {
      label: `Critical services (${first?.name ?? ''})`,
      value: `served after ${duration(told.criticalMs)}, objective ${duration(first?.rto ?? 0)}`,
    },
    {
      label: 'All services',
      value: `served after ${duration(told.allMs)}${told.lost.length > 0 ? `, but for ${told.lost.join(', ')}` : ''}`,
    },
    { label: 'Clients', value: clientsWords(plan, told.traffic) },
    {
      label: 'Next',
      value: `every run on ${moved.map(({ seen }) => `database ${seen.database.name}`).join(', ')} is kept off by its lock until it is home again; keep site ${home.name} from serving when it comes back`,
    },
  ]);
}

import { ScheduleNotFoundError } from '@temporalio/client';
import { scheduleId, schedulePrefix } from '../../workflows/contracts/names';
import { moment } from '../../workflows/contracts/words';
import { readPlan } from '../lib/against-plan';
import { bounded, withControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { who } from '../lib/options';
import { quoted, sayPlain } from '../lib/plain';
import { applySchedules, listOurs } from '../lib/schedules/apply';
import { scheduleRows } from '../lib/schedules/list';
import { wantedSchedules } from '../lib/schedules/wanted';
import { textTable } from '../lib/table';

/** All of a plan's schedules may take a while; each is one call or two. Milliseconds. */
const applyTimeout = 60_000;

/** `schedule apply`. @returns 3 where a dry run found something that differs */
export async function apply(context: Context, options: Record<string, unknown>): Promise<number> {
  const read = await readPlan(false);
  if (!read) throw new Fault('refused', 'The plan cannot be read.', 'See `./dr plan check`.');
  const dryRun = options['dryRun'] === true;
  const { wanted, leftOut } = wantedSchedules(read.plan);
  return withControlPlane(context, async (plane) => {
    const changes = await bounded(
      plane,
      () => applySchedules(plane.client, wanted, { planHash: read.hash, dryRun, prune: options['prune'] === true }),
      applyTimeout,
    );
    const drift = changes.some((one) => ['missing', 'differs', 'not-in-plan'].includes(one.state));
    if (context.json) context.out(toJson({ plan: read.path, planHash: read.hash, dryRun, drift, changes, leftOut }));
    else {
      const cron = new Map(wanted.map((one) => [one.id, one.cron]));
      const rows = [
        ...changes.map((one) => [one.name, one.state, cron.get(one.id) ?? '', one.differences.join('; ')]),
        ...leftOut.map((one) => [one.name, 'left out', '', one.why]),
      ];
      for (const line of textTable(['SCHEDULE', 'STATE', 'WHEN (UTC)', 'ABOUT'], rows)) context.out(line);
    }
    if (changes.some((one) => one.state === 'not-in-plan'))
      context.say('What is not in the plan goes on by itself; `--prune` removes it.');
    sayPlain(context, 'temporal schedule list');
    return dryRun && drift ? exitCodes.refused.code : exitCodes.ok.code;
  });
}

/** `schedule list`. */
export async function list(context: Context): Promise<number> {
  const read = await readPlan(true);
  const known = read ? wantedSchedules(read.plan).wanted.map((one) => one.id) : [];
  return withControlPlane(context, async (plane) => {
    const rows = await bounded(plane, () => scheduleRows(plane.client, known), applyTimeout);
    if (context.json) context.out(toJson(rows));
    else {
      const table = rows.map((one) => [
        one.name,
        one.paused ? 'paused' : (one.next && moment(one.next)) || 'never again',
        one.last ? `${moment(one.last.at)} ${one.last.outcome}` : 'never',
        `${one.started}/${one.skippedOverlap}/${one.missed}`,
        (one.paused ? one.note : one.last?.says) ?? '',
      ]);
      for (const line of textTable(['SCHEDULE', 'NEXT', 'LAST', 'STARTED/SKIPPED/MISSED', 'SAYS'], table))
        context.out(line);
      if (rows.length === 0) context.say('There is none: `./dr schedule apply` makes those of the plan.');
    }
    sayPlain(context, 'temporal schedule list');
    return exitCodes.ok.code;
  });
}

/** `schedule pause`, `unpause`, `trigger` and `remove`. @throws Fault when the server has no such schedule */
export async function word(
  context: Context,
  what: 'pause' | 'unpause' | 'trigger' | 'remove',
  given: string,
  options: Record<string, unknown>,
): Promise<number> {
  const faults: string[] = [];
  const said = what === 'pause' || what === 'unpause' ? who(options, faults) : { by: '', reason: '' };
  if (faults.length > 0) throw inputFault(faults, `schedule ${what}`);
  const id = given.startsWith(schedulePrefix) ? given : scheduleId(given);
  const note = `${said.reason} (${said.by})`;
  return withControlPlane(context, async (plane) => {
    const handle = plane.client.schedule.getHandle(id);
    try {
      await bounded(plane, async () => {
        if (what === 'remove') return handle.delete();
        // It says so as well where the server would take a word to a schedule that is not there without a sound.
        await handle.describe();
        if (what === 'trigger') return handle.trigger();
        return what === 'pause' ? handle.pause(note) : handle.unpause(note);
      });
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      const there = await bounded(plane, () => listOurs(plane.client));
      const names =
        there.map((one) => one.slice(schedulePrefix.length)).join(' or ') || 'none: the server has no schedule of ours';
      throw new Fault(
        'input',
        `Argument <name> is "${given}": the server at ${plane.address} has no such schedule. Expected ${names}.`,
        'Make those of the plan with `./dr schedule apply`.',
      );
    }
    const done = { pause: 'paused', unpause: 'unpaused', trigger: 'started once', remove: 'removed' }[what];
    context.say(`${id}: ${done}.`);
    if (context.json) context.out(toJson({ id, done }));
    const toggle = `toggle --schedule-id ${quoted(id)} --${what} --reason ${quoted(note)}`;
    const plain = {
      pause: toggle,
      unpause: toggle,
      trigger: `trigger --schedule-id ${id}`,
      remove: `delete --schedule-id ${id}`,
    };
    sayPlain(context, `temporal schedule ${plain[what]}`);
    return exitCodes.ok.code;
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { guardInputSchema } from '../../workflows/contracts/guard';
import { databaseResource } from '../../workflows/contracts/names';
import { endStates } from '../../workflows/contracts/run-view';
import { checkNames } from '../lib/against-plan';
import { withControlPlane, type ControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { exitOfLook } from '../lib/follow';
import { guardOf } from '../lib/guard';
import { inputOf } from '../lib/input';
import { lookAt, type Look } from '../lib/look';
import { paint } from '../lib/paint';
import { renderLook } from '../lib/render';
import { saidStarted, startRun, type Start } from '../lib/start';
import { demandWorker } from '../lib/workers';
import { guardFields as fields } from './guards';

const argument = 'Argument <database>';
/** Its first look around takes a second or two, and ten where no worker of a site answers; a plan it cannot use ends it. */
const firstLookMs = 15_000;

/**
 * Starts the guard of a database and leaves it alone; one that runs already is fine, and shown.
 * @throws Fault naming every wrong value, before anything is started
 */
export async function guardStart(context: Context, database: string, given: Record<string, unknown>): Promise<number> {
  const options = { ...given, reason: given['reason'] ?? 'watch the database' };
  const faults: string[] = [];
  const input = inputOf(
    guardInputSchema,
    { options, fields, rest: { database }, names: { database: argument } },
    faults,
  );
  await checkNames({ argument, database, options, fields }, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'guard');
  const resource = databaseResource(database);
  const workflowId = guardOf(database);
  const start: Start = { procedure: 'guardDatabase', workflowId, resource, summary: `guard ${resource}`, input };
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    const runId = await startUnlessThere(plane, start);
    if (runId === undefined) context.say(`${workflowId} is under way already; nothing was started.`);
    else saidStarted(context, start, runId);
    const look = await firstLook(plane, workflowId);
    if (runId === undefined) demandPlan(look, input.planHash);
    if (context.json) context.out(toJson({ started: runId !== undefined, ...look }));
    else for (const line of renderLook(look, { paint: paint(context.colour), now: Date.now() })) context.out(line);
    // Without a view nobody answered for it: it was started, but it does not watch.
    if (look.status !== 'RUNNING' || !look.view) return exitOfLook(look);
    context.say(
      `It goes on by itself. Look with: ./dr show ${workflowId}, or follow it with: ./dr watch ${workflowId}`,
    );
    return exitCodes.ok.code;
  });
}

/** @returns the run id, undefined when a guard of the database is under way */
async function startUnlessThere(plane: ControlPlane, start: Start): Promise<string | undefined> {
  try {
    return await startRun(plane, start);
  } catch (error) {
    if (error instanceof Fault && error.exit === exitCodes.locked.code) return undefined;
    throw error;
  }
}

async function firstLook(plane: ControlPlane, workflowId: string): Promise<Look> {
  const end = Date.now() + firstLookMs;
  for (;;) {
    const look = await lookAt(plane, workflowId);
    const over =
      look.status !== 'RUNNING' && (look.failure !== undefined || !look.view || endStates.has(look.view.state));
    if (over || (look.view && look.view.state !== 'running') || look.fault || Date.now() >= end) return look;
    await sleep(300);
  }
}

function demandPlan({ view, workflowId }: Look, wanted: string | undefined): void {
  const pinned = view?.plan?.hash;
  if (wanted === undefined || pinned === undefined || pinned === wanted) return;
  throw new Fault(
    'refused',
    `${workflowId} watches under the plan ${pinned}, not under --plan-hash ${wanted}. Nothing was changed.`,
    'Stop it with --stop and start it again: a guard keeps the plan it began with.',
  );
}

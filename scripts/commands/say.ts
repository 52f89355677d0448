import { createHash } from 'node:crypto';
import { targetSchema } from '../../workflows/contracts/pitr';
import { withControlPlane } from '../lib/connect';
import type { Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { lookAt } from '../lib/look';
import { who } from '../lib/options';
import { paint } from '../lib/paint';
import { renderTodo } from '../lib/render';
import { findRun } from '../lib/find-run';
import { sendWord } from '../lib/send';
import { firstIssues, targetOf, targetOptionOf } from '../lib/target';
import { demandWorker } from '../lib/workers';

type Options = Record<string, unknown>;

const key = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);

/** `approve` and `reject`. Without --card the open card is shown, never answered: nobody says yes to what they did not read. */
export async function answer(
  context: Context,
  name: 'approve' | 'reject',
  run: string | undefined,
  options: Options,
): Promise<number> {
  const faults: string[] = [];
  const said = who(options, faults);
  const card = typeof options['card'] === 'string' ? options['card'] : undefined;
  if (card !== undefined && !/^[0-9a-f]{12}$/.test(card)) {
    faults.push(`--card is "${card}": expected the 12 characters 0-9 a-f that are printed on the card.`);
  }
  if (card === undefined && faults.length > 0)
    faults.unshift('--card is missing: expected the hash printed on the card; `dr show` prints it.');
  if (faults.length > 0) throw inputFault(faults, name);
  return withControlPlane(context, async (plane) => {
    const id = await findRun(plane, run, { to: 'answer' });
    if (card === undefined) {
      await demandWorker(plane);
      const { view } = await lookAt(plane, id);
      if (view?.gates.some((gate) => gate.state === 'open'))
        for (const line of renderTodo(view, paint(context.colour))) context.say(line);
      throw new Fault(
        'input',
        '--card is missing: expected the hash printed on the card you read. Nothing was answered.',
        view ? undefined : `See it with \`./dr show ${id}\`.`,
      );
    }
    await sendWord(context, plane, id, name, { card, ...said }, { key: key(card, said.by, said.reason) });
    return exitCodes.ok.code;
  });
}

/** `pause`, `resume` and `abort`. @throws Fault when the run does not take it, with its reason */
export async function word(
  context: Context,
  name: 'pause' | 'resume' | 'abort',
  run: string | undefined,
  options: Options,
): Promise<number> {
  const faults: string[] = [];
  const said = who(options, faults);
  if (faults.length > 0) throw inputFault(faults, name);
  return withControlPlane(context, async (plane) => {
    await sendWord(context, plane, await findRun(plane, run, { to: 'tell' }), name, said);
    return exitCodes.ok.code;
  });
}

/** `resolve`: how a held run goes on. @param action retry, skip or abort; the program has checked it */
export async function resolve(
  context: Context,
  run: string | undefined,
  action: string,
  options: Options,
): Promise<number> {
  const faults: string[] = [];
  const said = who(options, faults);
  if (faults.length > 0) throw inputFault(faults, 'resolve');
  return withControlPlane(context, async (plane) => {
    await sendWord(context, plane, await findRun(plane, run, { to: 'tell' }), 'resolve', { action, ...said });
    return exitCodes.ok.code;
  });
}

/** `retarget`: another target while the gate is open. @throws Fault naming every wrong value of the target */
export async function retarget(context: Context, run: string | undefined, options: Options): Promise<number> {
  const faults: string[] = [];
  const said = who(options, faults);
  const raw = targetOf(options, faults);
  const parsed = raw ? targetSchema.safeParse(raw) : undefined;
  for (const issue of firstIssues(parsed?.error?.issues ?? [])) {
    const name = String(issue.path[0] ?? '');
    faults.push(`${targetOptionOf[`target.${name}`] ?? name} is ${JSON.stringify(raw?.[name])}: ${issue.message}.`);
  }
  if (faults.length > 0 || !parsed?.success) throw inputFault(faults, 'retarget');
  const target = parsed.data;
  return withControlPlane(context, async (plane) => {
    await sendWord(context, plane, await findRun(plane, run, { to: 'answer' }), 'retarget', { target, ...said });
    return exitCodes.ok.code;
  });
}

import { Command } from 'commander';
import { act } from '../lib/act';
import type { Context } from '../lib/context';
import { startExits } from '../lib/exit-codes';
import { Fault } from '../lib/fault';
import { addFields } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { recoverSystem } from './things';

/** `rescue`: the control plane is lost with all it knew; a new one on this machine brings the platform back. */
export function rescueCommand(): Command {
  const command = new Command('rescue').description(
    'the control plane is lost: start a new one here, and recover everything with it',
  );
  addFollow(addWho(addDetach(addFields(command, recoverSystem.fields)))).addHelpText(
    'after',
    `
It needs this checkout, the plan, its backups and the key that opens them; no state of the lost control plane. Refused while a control
plane answers, or while workers of the lost one still run: two of them would work on one platform. Repeating it is fine: a control
plane that it has started is used again.

Example: dr rescue --reason "the control host burned down"
plain temporal: temporal server start-dev (see dr up --help), then ${'`'}temporal workflow start${'`'} as in dr recover system --help
${startExits}`,
  );
  act(command, (context, _args, options) => rescue(context, options));
  return command;
}

async function rescue(context: Context, options: Record<string, unknown>): Promise<number> {
  const [{ readPlan }, { demandLost }, { leftLines, whatIsLeft }, { startOn }, { controlPlaneUp }] = await Promise.all([
    import('../lib/against-plan.js'),
    import('../rescue/demand-lost.js'),
    import('../rescue/what-is-left.js'),
    import('./start-on.js'),
    import('../control-plane/up.js'),
  ]);
  const read = await readPlan(false);
  if (!read) throw new Fault('refused', 'The plan cannot be read.', 'See `./dr plan check`.');
  await demandLost(context, read.plan);
  for (const line of leftLines(await whatIsLeft(read.plan))) context.say(line);
  // They led to the lost one; the workers of the new one would take them, too.
  const former = Object.keys(process.env).filter(
    (name) => name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_CLI_PATH',
  );
  for (const name of former) delete process.env[name];
  const state = await controlPlaneUp(context.say, './dr rescue').catch((error: unknown) => {
    throw new Fault('unreachable', (error as Error).message, 'See what is missing with `./dr doctor`.');
  });
  context.say(
    `A new control plane runs at ${state.address}, its Web UI at ${state.uiUrl}. It knows of no earlier run.`,
  );
  if (former.length > 0) context.say(`For the commands that follow: unset ${former.join(' ')}`);
  // The profile of the command line led to the lost one, as well.
  const { address, namespace } = state;
  const here = {
    ...context,
    options: { ...context.options, profile: undefined, configFile: undefined, address, namespace },
  };
  return startOn(here, { ...recoverSystem, command: 'rescue' }, '', options);
}

/** Commands that deal with people: messages, the on-call chain, the status page, the checklist. What they do is loaded when needed. */
import { Command } from 'commander';
import { act } from '../lib/act';
import { startExits } from '../lib/exit-codes';
import { addFields, planHash, type Field } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { plainStart, plainUpdate } from '../lib/plain';

const who = { reason: 'WHY', by: 'YOUR ROLE' };
const exits =
  'Exit code: 0 taken, 2 bad value, 3 the run refused it (the reason is printed), 8 no control plane or no worker.';
const incidentArgument = ['<incident>', 'name of the incident, e.g. 2026-11-22-orders'] as const;
const by = ['--by <who>', 'person or role that says so (default: the user you are logged in as)'] as const;
const note = ['--note <text>', 'what the others should know'] as const;

const severity: Field = {
  flags: '--severity <level>',
  says: 'critical, major, minor or info',
  name: 'severity',
  default: 'major',
};

export const notifyFields: Field[] = [
  {
    flags: '--template <name>',
    says: 'incident-opened, update, escalation, resolved, test or your own',
    name: 'template',
    default: 'update',
  },
  severity,
  { flags: '--key <key>', says: 'tells messages of one incident apart (default: the moment)', name: 'key' },
  planHash,
];

export const onCallFields: Field[] = [
  { flags: '--summary <sentence>', says: 'what has happened (required)', name: 'summary' },
  severity,
  {
    flags: '--within <duration>',
    says: 'time each contact has to acknowledge, e.g. 5m (default: the plan)',
    name: 'acknowledgeWithinMs',
    kind: 'duration',
  },
  planHash,
];

export const statusFields: Field[] = [
  {
    flags: '--state <state>',
    says: 'investigating, identified, monitoring, resolved, postmortem; of a maintenance: scheduled, in-progress, completed',
    name: 'state',
  },
  { flags: '--message <text>', says: 'what customers read', name: 'message' },
  { flags: '--title <text>', says: 'title of the incident (default: the one it has)', name: 'title' },
  {
    flags: '--key <key>',
    says: 'name of this update; the same again changes nothing (default: the moment)',
    name: 'key',
  },
  {
    flags: '--begins <time>',
    says: 'when a maintenance begins, e.g. 2026-11-29T02:00:00Z',
    name: 'from',
    kind: 'time',
  },
  { flags: '--ends <time>', says: 'when a maintenance ends', name: 'until', kind: 'time' },
  planHash,
];

export const checklistFields: Field[] = [
  {
    flags: '--detected-at <time>',
    says: 'with --start: when the incident was detected; the phases count from it (default: now)',
    name: 'detectedAt',
    kind: 'time',
  },
  planHash,
];

const collect = (value: string, before: string[]): string[] => [...before, value];

/** Commands that deal with people, for the program. */
export const peopleCommands = (): Command[] => [
  notifyCommand(),
  onCallCommand(),
  acknowledgeCommand(),
  statusPageCommand(),
  checklistCommand(),
  tickCommand('tick', 'tick an item of the checklist off'),
  tickCommand('untick', 'take a tick of the checklist back'),
];

function notifyCommand(): Command {
  const command = addFields(
    new Command('notify')
      .description('tell people about an incident by every channel of the plan')
      .argument(...incidentArgument),
    notifyFields,
  )
    .option('--to <role>', 'contact of the plan, may be given again (default: the emergency channels)', collect, [])
    .option(
      '--fact <name=value>',
      'a fact for the template, may be given again; most templates need summary',
      collect,
      [],
    );
  addFollow(addWho(addDetach(command))).addHelpText(
    'after',
    `
Each channel is told on its own: one that is dead holds nobody. The delivery log is in \`dr show\` and in the report.

Example: dr notify 2026-11-22-orders --template incident-opened --severity critical --fact summary="Orders are refused" --reason "first message"
Example: dr notify drill-1 --template test --severity info --to "DevOps Team" --reason "monthly test of the channels"
plain temporal: ${plainStart('notify.drill-1.test', 'dr-control', 'notifyPeople', { incident: 'drill-1', template: 'test', severity: 'info', ...who })}
${startExits}`,
  );
  return act(command, async (context, [incident], options) =>
    (await import('./people-start.js')).startNotify(context, incident ?? '', options),
  );
}

function onCallCommand(): Command {
  const command = addFields(
    new Command('on-call')
      .description('call the on-call chain until somebody acknowledges')
      .argument(...incidentArgument),
    onCallFields,
  );
  addFollow(addWho(addDetach(command))).addHelpText(
    'after',
    `
The contacts of kind internal are called in their order. Whoever acknowledges ends it: ./dr acknowledge oncall.INCIDENT

Example: dr on-call 2026-11-22-orders --severity critical --summary "Orders are refused" --reason "the guard raised an alarm"
plain temporal: ${plainStart('oncall.2026-11-22-orders', 'dr-control', 'callOnCall', { incident: '2026-11-22-orders', severity: 'critical', summary: 'Orders are refused', ...who })}
${startExits}`,
  );
  return act(command, async (context, [incident], options) =>
    (await import('./people-start.js')).startOnCall(context, incident ?? '', options),
  );
}

function acknowledgeCommand(): Command {
  const command = new Command('acknowledge')
    .description('say that you have heard a call and deal with it')
    .argument('<run>', 'the incident, or the run oncall.INCIDENT')
    .option(...by)
    .option(...note)
    .addHelpText(
      'after',
      `
Example: dr acknowledge 2026-11-22-orders --by "Secondary On-Call" --note "at the desk in 5 minutes"
plain temporal: ${plainUpdate('oncall.2026-11-22-orders', 'acknowledge', { by: who.by })}
plain temporal: temporal workflow signal -w oncall.2026-11-22-orders --name acknowledge --input '{"by":"YOUR ROLE"}'
${exits}`,
    );
  return act(command, async (context, [run], options) =>
    (await import('./people-say.js')).acknowledge(context, run ?? '', options),
  );
}

function statusPageCommand(): Command {
  const parent = new Command('status-page').description(
    'what customers read: post updates of incidents and maintenance',
  );
  const post = addFields(parent.command('post').description('post one update'), statusFields)
    .option('--incident <key>', 'incident or maintenance it belongs to (default: the day, e.g. 2026-11-22)')
    .option(
      '--component <service=state>',
      'operational, maintenance, degraded, partial-outage or major-outage; may be given again',
      collect,
      [],
    )
    .option('--reason <sentence>', 'why; it goes into the report (default: the state that is posted)')
    .option(...by);
  addFollow(addDetach(post)).addHelpText(
    'after',
    `
Written to the directory that the gateway serves under /status/, and told to the API of the plan. What is resolved says nothing of
its services any more: they are operational again.

Example: dr status-page post --incident 2026-11-22-orders --state investigating --title "Orders are refused" --message "We look into it." --component order-service=major-outage
Example: dr status-page post --incident move-1 --state scheduled --begins 2026-11-29T02:00:00Z --ends 2026-11-29T03:00:00Z --message "We move house."
plain temporal: ${plainStart('status.2026-11-22-orders.1', 'dr-control', 'postStatus', { incident: '2026-11-22-orders', key: '1', state: 'investigating', message: 'We look into it.', ...who })}
${startExits}`,
  );
  act(post, async (context, _arguments, options) => (await import('./people-start.js')).startStatus(context, options));
  return parent;
}

function checklistCommand(): Command {
  const command = addFields(
    new Command('checklist')
      .description('show the recovery checklist of an incident; begin or close it')
      .argument('<incident>', 'the incident, or the run checklist.INCIDENT'),
    checklistFields,
  )
    .option('--start', 'begin the checklist of the plan for the incident')
    .option('--close', 'end it with what is open')
    .option('--reason <sentence>', 'why (required with --start and --close)')
    .option(...by)
    .addHelpText(
      'after',
      `
It ends by itself when all is ticked, or after 30 days. Its report says who ticked what when.

Example: dr checklist 2026-11-22-orders --start --reason "orders are refused"
Example: dr checklist 2026-11-22-orders
plain temporal: temporal workflow query -w checklist.2026-11-22-orders --type checklist
plain temporal: ${plainStart('checklist.2026-11-22-orders', 'dr-control', 'recoveryChecklist', { incident: '2026-11-22-orders', ...who })}
plain temporal: ${plainUpdate('checklist.2026-11-22-orders', 'close', who)}
Exit code: 0 shown, started or closed, 2 bad value, 3 refused, 8 no control plane or no worker, 9 it is under way already.`,
    );
  return act(command, async (context, [incident], options) => {
    if (options['start']) return (await import('./people-start.js')).startChecklist(context, incident ?? '', options);
    const say = await import('./people-say.js');
    return options['close']
      ? say.closeChecklist(context, incident ?? '', options)
      : say.showChecklist(context, incident ?? '');
  });
}

function tickCommand(name: 'tick' | 'untick', description: string): Command {
  const command = new Command(name)
    .description(description)
    .argument('<incident>', 'the incident, or the run checklist.INCIDENT')
    .argument('<item>', 'number such as 2.3, or a part of its text that no other has')
    .option(...by)
    .option(...note)
    .addHelpText(
      'after',
      `
Example: dr ${name} 2026-11-22-orders 2.3 --by "DevOps Team" --note "site backup serves"
plain temporal: ${plainUpdate('checklist.2026-11-22-orders', name, { item: '2.3', by: who.by })}
${exits}`,
    );
  return act(command, async (context, [incident, item], options) =>
    (await import('./people-say.js')).tick(context, name, incident ?? '', item ?? '', options),
  );
}

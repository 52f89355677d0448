/** Commands of incidents and isolations. What they do is loaded when needed. */
import { Command } from 'commander';
import { act } from '../lib/act';
import { startExits } from '../lib/exit-codes';
import { addFields, approvalTimeout, planHash, type Field } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { plainStart, plainUpdate } from '../lib/plain';

const who = { reason: 'WHY', by: 'YOUR ROLE' };
const said = { by: 'YOUR ROLE', reason: 'WHY' };
const run = 'incident.2026-11-22-orders';
const exitsOf = (who: string): string =>
  `Exit code: 0 taken, 2 bad value, 3 the ${who} refused it (the reason is printed), 8 no control plane or no worker.`;
const exits = exitsOf('incident');
const name = ['<incident>', 'name of the incident, e.g. 2026-11-22-orders, or the run incident.NAME'] as const;
const by = ['--by <who>', 'person or role that says so (default: the user you are logged in as)'] as const;
const collect = (value: string, before: string[]): string[] => [...before, value];

export const incidentFields: Field[] = [
  {
    flags: '--scenario <name>',
    says: 'scenario of the plan, if you know it: its procedure begins at once (default: it is proposed); none: by hand',
    name: 'scenario',
  },
  {
    flags: '--severity <name>',
    says: 'severity of the plan, e.g. sev1 (default: of what is affected)',
    name: 'severity',
  },
  {
    flags: '--ask',
    says: 'a person chooses, even where the plan lets it begin by itself',
    name: 'ask',
    kind: 'switch',
    sets: true,
  },
  {
    flags: '--quiet',
    says: 'tell nobody: no messages, no status page, no checklist',
    name: 'tell',
    kind: 'switch',
    sets: false,
  },
  {
    flags: '--detected-at <time>',
    says: 'when it was detected; the times of the communications count from it (default: now)',
    name: 'detectedAt',
    kind: 'time',
  },
  planHash,
  approvalTimeout,
];

export const isolateFields: Field[] = [planHash, approvalTimeout];

/** `incident …`, `isolate` and `lift`, for the program. */
export const incidentCommands = (): Command[] => [incidentCommand(), isolateCommand(), liftCommand()];

function incidentCommand(): Command {
  const parent = new Command('incident').description(
    'open an incident, see how it stands, say what it is, tell people, declare it over, review it',
  );
  openCommand(parent);
  lookCommands(parent);
  sayCommands(parent);
  return parent;
}

function openCommand(parent: Command): void {
  const command = addFields(
    parent
      .command('open')
      .description('something is wrong: look at everything, propose what to do, tell people')
      .argument('[incident]', 'name for it, e.g. 2026-11-22-orders (default: the moment)'),
    incidentFields,
  ).option('--suspect <service>', 'service that is not trusted; may be given again: it is a breach', collect, []);
  addFollow(addWho(addDetach(command))).addHelpText(
    'after',
    `
Every scenario of the plan is judged by what was found. One that the plan calls automatic begins where the facts leave no doubt;
every other waits for \`dr approve\` or \`dr incident choose\`. With --until person the command returns there, too.

Example: dr incident open 2026-11-22-orders --reason "orders are refused" --detach
Example: dr incident open --suspect content-service --reason "it sends mail to strangers"
plain temporal: ${plainStart(run, 'dr-control', 'incidentResponse', { incident: '2026-11-22-orders', ...who })}
${startExits}`,
  );
  act(command, async (context, [incident], options) =>
    (await import('./incident-start.js')).openIncident(context, incident, options),
  );
}

function lookCommands(parent: Command): void {
  const list = parent
    .command('list')
    .description('list the incidents, the newest first')
    .option('--open', 'only those that are not closed')
    .addHelpText(
      'after',
      `
Example: dr incident list --open
plain temporal: temporal workflow list --query "DrProcedure = 'incidentResponse'"
Exit code: 0 listed, 8 no control plane.`,
    );
  act(list, async (context, _arguments, options) =>
    (await import('./incident-look.js')).listIncidents(context, options),
  );
  const show = parent
    .command('show')
    .description('how an incident stands: severity, what is affected, scenarios with their evidence, runs, next update')
    .argument(...name)
    .addHelpText(
      'after',
      `
The card that is open, and the line that answers it, are in \`dr show incident.NAME\`.

Example: dr incident show 2026-11-22-orders
plain temporal: temporal workflow query -w ${run} --type incident
Exit code: 0 shown, 2 bad value, 3 there is no such incident, 8 no control plane or no worker.`,
    );
  act(show, async (context, [incident]) => (await import('./incident-look.js')).showIncident(context, incident ?? ''));
}

function sayCommands(parent: Command): void {
  const choose = addWho(
    parent
      .command('choose')
      .description('say which scenario it is, at the card or later; what answers it begins')
      .argument(...name)
      .argument('<scenario>', 'scenario of the plan, or none: people deal with it by hand'),
  ).addHelpText(
    'after',
    `
Example: dr incident choose 2026-11-22-orders configuration-error --reason "the deployment of 17:20"
plain temporal: ${plainUpdate(run, 'choose', { scenario: 'configuration-error', ...said })}
${exits}`,
  );
  act(choose, async (context, [incident, scenario], options) =>
    (await import('./incident-say.js')).choose(context, incident ?? '', scenario ?? '', options),
  );
  const update = parent
    .command('update')
    .description('tell people how it stands; the next update is then due later')
    .argument(...name)
    .option('--message <text>', 'what people read, customers too (required)')
    .option(...by)
    .addHelpText(
      'after',
      `
Example: dr incident update 2026-11-22-orders --message "Orders are taken by phone until 18:30 UTC."
plain temporal: ${plainUpdate(run, 'tellUpdate', { message: 'WHAT PEOPLE READ', by: who.by })}
${exits}`,
    );
  act(update, async (context, [incident], options) =>
    (await import('./incident-say.js')).tellUpdate(context, incident ?? '', options),
  );
  const declare = addWho(
    parent
      .command('declare')
      .description('declare an incident over; its review is then due')
      .argument(...name),
  ).addHelpText(
    'after',
    `
Example: dr incident declare 2026-11-22-orders --reason "orders are taken for 20 minutes"
plain temporal: ${plainUpdate(run, 'declare', said)}
${exits}`,
  );
  act(declare, async (context, [incident], options) =>
    (await import('./incident-say.js')).declare(context, incident ?? '', options),
  );
  const review = parent
    .command('review')
    .description('give the post-incident review; the incident is then closed')
    .argument(...name)
    .option('--findings <text>', 'what was found and what will change; it stands on the status page (required)')
    .option(
      '--lesson <lesson>',
      'what will change, which role sees to it, by which day: "TEXT | ROLE | 2026-12-15"; as often as there are',
      (one: string, before: string[]) => [...before, one],
      [] as string[],
    )
    .option(...by)
    .addHelpText(
      'after',
      `
Questions to go through are in templates/post-incident-review.md.

Example: dr incident review 2026-11-22-orders --findings "The limit of connections was too low; it is raised and watched."
  --lesson "alert at 80 % of the connections | DevOps Team | 2026-12-15"
Lessons are open tasks until they are closed: \`dr tasks\`.
plain temporal: ${plainUpdate(run, 'review', { by: who.by, findings: 'WHAT WAS FOUND' })}
${exits}`,
    );
  act(review, async (context, [incident], options) =>
    (await import('./incident-say.js')).review(context, incident ?? '', options),
  );
}

function isolateCommand(): Command {
  const command = addFields(
    new Command('isolate')
      .description('freeze a service that is not trusted, keep the evidence, cut it off from its networks')
      .argument('<service>', 'service of the plan, or the service of its gateway'),
    isolateFields,
  );
  addFollow(addWho(addDetach(command))).addHelpText(
    'after',
    `
Nothing is killed or removed, and a person approves before anything is frozen. The run holds the lock of the service until it is
lifted: \`dr lift\`. Its clients are served no more meanwhile.

Example: dr isolate content-service --reason "it sends mail to strangers" --until person
plain temporal: ${plainStart('recover.service.content-service', 'dr-control', 'isolateService', { service: 'content-service', ...who })}
${startExits}`,
  );
  return act(command, async (context, [service], options) =>
    (await import('./incident-start.js')).isolate(context, service ?? '', options),
  );
}

function liftCommand(): Command {
  const command = addWho(
    new Command('lift')
      .description('lift the isolation of a service: back into its networks, thawed')
      .argument('<service>', 'the service that is isolated'),
  ).addHelpText(
    'after',
    `
Example: dr lift content-service --reason "the image is clean, the key was changed"
plain temporal: ${plainUpdate('recover.service.content-service', 'lift', said)}
${exitsOf('run')}`,
  );
  return act(command, async (context, [service], options) =>
    (await import('./incident-say.js')).lift(context, service ?? '', options),
  );
}

import { checklistInputSchema } from '../../workflows/contracts/checklist';
import { checklistLock, incidentResource, notifyLock, onCallLock, statusLock } from '../../workflows/contracts/names';
import { notifyInputSchema, onCallInputSchema } from '../../workflows/contracts/people';
import { postStatusInputSchema } from '../../workflows/contracts/status';
import type { Context } from '../lib/context';
import { inputFault } from '../lib/fault';
import { inputOf } from '../lib/input';
import { followOptions } from '../lib/options';
import { startAndFollow } from '../lib/start';
import { checklistFields, notifyFields, onCallFields, statusFields } from './people';

type Options = Record<string, unknown>;
const names = { incident: 'Argument <incident>' };

/** `20261128t061550z`: tells this message or update from every other one of its incident. */
const moment = (): string => `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}z`;

/** `name=value`, given once or more. Pushes a sentence for each that is none. */
function pairs(flag: string, form: string, given: unknown, faults: string[]): [string, string][] {
  return (Array.isArray(given) ? given.map(String) : []).flatMap((one): [string, string][] => {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(one) ?? [];
    if (name !== undefined && value !== undefined) return [[name.trim(), value]];
    faults.push(`${flag} is "${one}": expected ${form}.`);
    return [];
  });
}

/** `notify`: starts it, and follows the deliveries. @throws Fault naming every wrong value, before anybody is told */
export async function startNotify(context: Context, incident: string, given: Options): Promise<number> {
  const faults: string[] = [];
  const options = { ...given, key: given['key'] ?? moment() };
  const facts = Object.fromEntries(pairs('--fact', 'name=value', given['fact'], faults));
  const to = given['to'] as string[];
  const rest = { incident, facts, ...(to.length > 0 ? { audience: to } : {}) };
  const input = inputOf(
    notifyInputSchema,
    { options, fields: notifyFields, rest, names: { ...names, facts: '--fact', audience: '--to' } },
    faults,
  );
  const following = followOptions(options, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'notify');
  const workflowId = notifyLock(incident, input.key ?? input.template);
  const summary = `tell people "${input.template}" of ${incident}`;
  const start = {
    procedure: 'notifyPeople',
    workflowId,
    resource: incidentResource(incident),
    summary,
    input,
  } as const;
  return startAndFollow(context, start, { detach: given['detach'] === true, ...following });
}

/** `on-call`: starts the chain, and follows it. */
export async function startOnCall(context: Context, incident: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const input = inputOf(onCallInputSchema, { options, fields: onCallFields, rest: { incident }, names }, faults);
  const following = followOptions(options, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'on-call');
  const workflowId = onCallLock(incident);
  const summary = `call the on-call chain for ${incident}`;
  const start = { procedure: 'callOnCall', workflowId, resource: incidentResource(incident), summary, input } as const;
  return startAndFollow(context, start, { detach: options['detach'] === true, ...following });
}

/** `status-page post`: starts it, and follows what becomes of the update. */
export async function startStatus(context: Context, given: Options): Promise<number> {
  const faults: string[] = [];
  const incident = String(given['incident'] ?? new Date().toISOString().slice(0, 10));
  const options = {
    ...given,
    key: given['key'] ?? moment(),
    reason: given['reason'] ?? `post ${String(given['state'] ?? 'an update')}`,
  };
  const form = 'service=state, e.g. order-service=major-outage';
  const components = pairs('--component', form, given['component'], faults).map(([name, state]) => ({ name, state }));
  const called = Object.fromEntries(
    components.map(({ name }, index) => [`components.${index}.state`, `--component ${name}`]),
  );
  const input = inputOf(
    postStatusInputSchema,
    {
      options,
      fields: statusFields,
      rest: { incident, components },
      names: { incident: '--incident', components: '--component', ...called },
    },
    faults,
  );
  const following = followOptions(options, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'status-page post');
  const workflowId = statusLock(incident, input.key);
  const summary = `post "${input.state}" of ${incident} to the status page`;
  const start = { procedure: 'postStatus', workflowId, resource: incidentResource(incident), summary, input } as const;
  return startAndFollow(context, start, { detach: given['detach'] === true, ...following });
}

/** `checklist --start`: starts it and leaves it alone. */
export async function startChecklist(context: Context, given: string, options: Options): Promise<number> {
  const incident = given.replace(/^checklist\./, '');
  const faults: string[] = [];
  if (options['close']) faults.push('--start and --close are both given: expected one of them.');
  const input = inputOf(checklistInputSchema, { options, fields: checklistFields, rest: { incident }, names }, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'checklist');
  const workflowId = checklistLock(incident);
  const summary = `checklist of ${incident}`;
  const start = {
    procedure: 'recoveryChecklist',
    workflowId,
    resource: incidentResource(incident),
    summary,
    input,
  } as const;
  return startAndFollow(context, start, { detach: true, until: 'end' });
}

/** Tells people about an incident by every channel at once, each on its own, and keeps the delivery log. */
import type { Plan } from '../plan';
import { incidentResource, notifyLock } from './contracts/names';
import { got, notifyInputSchema, type NotifyInput } from './contracts/people';
import type { Report } from './contracts/run-view';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { notifyActivities, type NotifyActivities } from './people/proxies';
import { contactsOf, emergency, toContact, type Target } from './people/targets';
import { DeliveryLog, messageBase, write } from './people/tell';

/**
 * The procedure `notifyPeople`. @param input one JSON object: see `notifyInputSchema`
 * @returns the report, with the delivery log as `result.deliveries`; a channel that failed is a problem of it, not a failure
 */
export async function notifyPeople(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'notifyPeople',
      schema: notifyInputSchema,
      describe: ({ incident, template, key = template, reason, by }) => ({
        resource: incidentResource(incident),
        lock: notifyLock(incident, key),
        mode: 'notify',
        summary: `tell people "${template}" of ${incident}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: NotifyInput, plan: Plan): Promise<Finished> {
  const on = notifyActivities(plan);
  const targets = targetsOf(run, input, plan, on);
  const base = messageBase();
  run.phase('Write');
  const message = await write(run, plan, on, input, base.slice(-6));
  run.phase('Tell');
  const log = new DeliveryLog(run);
  await log.tell(targets, message, base);
  run.facts('Outcome', [{ label: 'Told', value: log.summary }]);
  if (!log.deliveries.some(got))
    run.problem({
      code: 'DR-NOBODY-TOLD',
      message: `no channel took the message "${message.subject}": ${log.summary}`,
      next: 'Call the people by phone: `dr plan show` has the numbers.',
    });
  return { verdict: 'none', result: { message, deliveries: log.deliveries } };
}

function targetsOf(run: Run, { audience }: NotifyInput, plan: Plan, on: NotifyActivities): Target[] {
  if (audience === 'emergency') return emergency(plan, on);
  const found = contactsOf(plan, audience);
  return 'refusal' in found
    ? run.refuse([found.refusal])
    : found.contacts.flatMap((contact) => toContact(plan, on, contact));
}

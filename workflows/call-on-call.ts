/** Calls the on-call chain: one contact of the own team after the other, until somebody acknowledges. */
import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Contact, Plan } from '../plan';
import { incidentResource, onCallLock } from './contracts/names';
import {
  acknowledgeSchema,
  acknowledgeSignal,
  acknowledgeUpdate,
  got,
  onCallInputSchema,
  type AcknowledgeMessage,
  type OnCallInput,
} from './contracts/people';
import type { Report } from './contracts/run-view';
import { duration } from './contracts/words';
import { wordCommands } from './kernel/commands';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { listenTo } from './kernel/word';
import { notifyActivities, type NotifyActivities } from './people/proxies';
import { bySlack, byWebhooks, toContact } from './people/targets';
import { DeliveryLog, messageBase, write } from './people/tell';

/**
 * The procedure `callOnCall`. @param input one JSON object: see `onCallInputSchema`
 * @returns the report; `result.outcome` is `acknowledged` or `exhausted`, with the delivery log
 */
export async function callOnCall(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'callOnCall',
      schema: onCallInputSchema,
      describe: ({ incident, reason, by }) => ({
        resource: incidentResource(incident),
        lock: onCallLock(incident),
        mode: 'on-call',
        summary: `call the on-call chain for ${incident}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

/** Who has acknowledged; a box, because a handler fills it while the body waits. */
interface Answer {
  given?: AcknowledgeMessage & { at: string };
}

interface Calling {
  run: Run;
  plan: Plan;
  on: NotifyActivities;
  input: OnCallInput;
  log: DeliveryLog;
  answer: Answer;
  withinMs: number;
}

async function body(run: Run, input: OnCallInput, plan: Plan): Promise<Finished> {
  const answer: Answer = {};
  listenTo<AcknowledgeMessage>(run, {
    update: acknowledgeUpdate,
    signal: acknowledgeSignal,
    schema: acknowledgeSchema,
    description: 'I have heard it and deal with it: {"by","note"?}',
    objection: () => answer.given && `${answer.given.by} has acknowledged at ${answer.given.at}`,
    take: (message) => {
      answer.given = { ...message, at: new Date().toISOString() };
      run.record.note('person', `acknowledged by ${message.by}${message.note ? `: ${message.note}` : ''}`);
    },
  });
  const chain = plan.contacts.filter(({ kind }) => kind === 'internal').sort((a, b) => a.order - b.order);
  const { rounds, acknowledgeWithin } = plan.onCall;
  const withinMs = input.acknowledgeWithinMs ?? acknowledgeWithin;
  const log = new DeliveryLog(run);
  const calling: Calling = { run, plan, on: notifyActivities(plan), input, log, answer, withinMs };
  const called: string[] = [];
  for (let round = 1; round <= rounds && !answer.given; round += 1)
    for (const contact of chain) {
      if (answer.given) break;
      called.push(contact.role);
      await call(calling, contact, called.length);
    }
  run.task(undefined);
  return outcome(calling, called);
}

/** One contact is told and given time. Whom nobody could tell is not waited for. */
async function call({ run, plan, on, input, log, answer, withinMs }: Calling, contact: Contact, number: number) {
  const { role } = contact;
  const { workflowId } = workflowInfo();
  run.phase(`Call ${role}`);
  const deadline = new Date(Date.now() + withinMs).toISOString();
  const until = `${deadline.slice(11, 16)} UTC`;
  const acknowledge = `./dr acknowledge ${workflowId}`;
  run.task({
    text: `${role} or anybody else to acknowledge before ${deadline}`,
    commands: wordCommands(workflowId, `${acknowledge} --by "YOUR ROLE"`, 'acknowledge', { by: 'YOUR ROLE' }),
  });
  const { incident, severity, summary, reason, by } = input;
  const base = `${messageBase()}-${number}`;
  const facts = { summary, role, acknowledge, deadline: until };
  const given = { template: 'on-call', incident, severity, reason, by, facts };
  // A retry at a dead channel must not outlive the time this contact has: then the next one is called.
  const scope = new CancellationScope();
  let reached = true;
  let broken = false;
  const telling = scope.run(async () => {
    const message = await write(run, plan, on, given, base.slice(-7));
    const targets = [...toContact(plan, on, contact), bySlack(plan, on), ...byWebhooks(plan, on)];
    reached = (await log.tell(targets, message, base)).some(got);
  });
  telling.catch(() => (broken = true));
  await condition(() => answer.given !== undefined || !reached || broken, withinMs);
  scope.cancel();
  await telling.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  if (answer.given) return;
  run.note(
    reached
      ? `${role} did not acknowledge within ${duration(withinMs)}`
      : `${role} could not be told by any channel, so nobody waits`,
  );
}

function outcome({ run, input, log, answer }: Calling, called: string[]): Finished {
  const { given } = answer;
  const value = given
    ? `acknowledged by ${given.by}${given.note ? `: ${given.note}` : ''}`
    : `nobody acknowledged; called were ${called.join(', ') || 'none'}`;
  run.facts('Outcome', [
    { label: given ? 'Acknowledged' : 'Exhausted', value },
    { label: 'Called', value: called.join(', ') || 'none' },
  ]);
  if (!given)
    run.problem({
      code: 'DR-UNACKNOWLEDGED',
      message: `incident ${input.incident}: ${value}`,
      next: 'Call by phone: `dr plan show` has the numbers. Then start the chain again.',
    });
  return {
    verdict: 'none',
    result: {
      outcome: given ? 'acknowledged' : 'exhausted',
      ...(given ? { acknowledged: given } : {}),
      called,
      deliveries: log.deliveries,
    },
  };
}

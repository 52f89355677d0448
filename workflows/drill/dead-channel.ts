import type { DetectionRow } from '../contracts/drill';
import type { Message } from '../contracts/people';
import type { Run } from '../kernel/run';
import { notifyActivities } from '../people/proxies';
import { byWebhooks } from '../people/targets';
import { DeliveryLog, messageBase } from '../people/tell';
import type { Drill } from './context';

/** Name of the webhook that refuses. */
const name = 'planted-dead-channel';

/**
 * A channel is dead: a webhook that refuses, told as `notifyPeople` tells every one. It leads to the copy's own gateway, by plain
 * HTTP at the port that speaks TLS; nobody is told anything. The delivery log has to say that nothing got through.
 */
export async function deadChannel(run: Run, { ofCopy, copy }: Drill): Promise<DetectionRow> {
  const { engine } = copy.site;
  const host = 'socketPath' in engine ? '127.0.0.1' : engine.host;
  const webhook = { name, url: `http://${host}:${ofCopy.gateway.ports.https}/` };
  const delivery = { ...ofCopy.channels.delivery, attempts: 2, firstPause: 200, longestPause: 200 };
  const plan = { ...ofCopy, channels: { ...ofCopy.channels, webhooks: [webhook], delivery } };
  // That it fails is what is wanted: no problem of this run.
  const log = new DeliveryLog({
    change: (title, act, options) => run.change(title, act, options),
    facts: () => undefined,
    problem: () => undefined,
  });
  const [line] = await log.tell(byWebhooks(plan, notifyActivities(plan)), message(run), messageBase());
  return {
    fault: 'dead channel',
    planted: 'a webhook that refuses',
    detector: 'the delivery log',
    caught: line?.state === 'failed',
    says: line?.problem ?? `${line?.state ?? 'nothing was sent'}`,
  };
}

/** Fixed words: they go to the copy alone. */
function message(run: Run): Message {
  const text = 'A test of a channel that is dead: nobody should read this.';
  const { startedAt } = run.view();
  const about = { incident: 'test', template: 'test', severity: 'info', by: 'the recovery test', at: startedAt };
  return { ...about, subject: text, email: text, sms: text, slack: text, facts: { summary: text } };
}

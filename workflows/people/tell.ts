import { ActivityFailure, ApplicationFailure, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../../plan';
import type { RenderMessage } from '../../activities/notify';
import { problemOf } from '../contracts/errors';
import { got, type Delivery, type Message } from '../contracts/people';
import type { Run } from '../kernel/run';
import type { NotifyActivities } from './proxies';
import type { Target } from './targets';

const now = (): string => new Date().toISOString();

/** What every message of this run is known by, in the same words for every try and after a reset. */
export const messageBase = (): string => workflowInfo().firstExecutionRunId.replace(/-/g, '').slice(-12);

const words: Record<Target['channel'], string> = {
  email: 'E-mail to',
  sms: 'SMS to',
  slack: 'Slack',
  webhook: 'Webhook',
  'status-api': 'API of the status page',
};

/** Writes the texts of a message. A template that cannot be filled ends the run before anybody is told half of it. */
export function write(
  run: Run,
  plan: Plan,
  on: NotifyActivities,
  given: Pick<RenderMessage, 'template' | 'incident' | 'severity' | 'by' | 'reason' | 'facts'>,
  ref: string,
): Promise<Message> {
  const { name, organisation, channels } = plan;
  const render = async (): Promise<Message> => {
    try {
      return await on.renderMessage({
        ...given,
        directory: channels.templates,
        at: now(),
        plan: { name, organisation, statusPage: channels.statusPage },
        ref,
      });
    } catch (error) {
      const { code, message, next = '' } = problemOf(error);
      if (code === 'DR-TEMPLATE') return run.refuse([{ code, message, next }]);
      throw error;
    }
  };
  return run.probe(`Write the message ${given.template}`, render, (message) => message.subject);
}

/** The delivery log of a run; its lines are added as they come, and shown with the facts of the run. */
export class DeliveryLog {
  readonly deliveries: Delivery[] = [];

  constructor(private readonly run: Pick<Run, 'change' | 'facts' | 'problem'>) {}

  /**
   * Sends a message to every target at once. One that fails is written down and holds nobody.
   * @param base with the number of the target it is the idempotency key of a delivery
   * @returns the deliveries, when all of them have ended
   */
  async tell<M>(targets: Target<M>[], message: M, base: string): Promise<Delivery[]> {
    const lines = targets.map(({ channel, target, send }): Delivery => {
      const state = send ? 'sending' : 'not-configured';
      const line: Delivery = { channel, target, state, attempts: 0, at: now() };
      this.deliveries.push(line);
      return line;
    });
    this.show();
    await Promise.all(
      targets.map(async ({ channel, target, send }, index) => {
        const line = lines[index];
        if (!send || !line) return;
        const title = target === '' ? words[channel] : `${words[channel]} ${target}`;
        await this.run.change(title, () => this.send(line, () => send(message, `${base}-${index + 1}`)), {
          outcome: () => said(line),
        });
      }),
    );
    return lines;
  }

  /** A delivery that fails is an answer, not a failed step: nothing waits for a channel that is dead. */
  private async send(line: Delivery, act: () => ReturnType<NonNullable<Target['send']>>): Promise<void> {
    try {
      const { state, attempts, id } = await act();
      Object.assign(line, { state, attempts, at: now(), ...(id === undefined ? {} : { id }) });
    } catch (error) {
      if (isCancellation(error)) {
        Object.assign(line, { state: 'stopped', attempts: null, at: now() });
        throw error;
      }
      if (!(error instanceof ActivityFailure)) throw error;
      const { code, message } = problemOf(error);
      Object.assign(line, { state: 'failed', attempts: triesOf(error), at: now(), problem: message });
      this.run.problem({ code, message });
    } finally {
      this.show();
    }
  }

  /** How many got through, in words. */
  get summary(): string {
    const reached = this.deliveries.filter(got).length;
    const failed = this.deliveries.filter(({ state }) => state === 'failed').length;
    const not = this.deliveries.filter(({ state }) => state === 'not-configured').length;
    return `${reached} of ${this.deliveries.length} deliveries taken${failed ? `, ${failed} failed` : ''}${not ? `, ${not} not configured` : ''}`;
  }

  private show(): void {
    this.run.facts(
      'Deliveries',
      this.deliveries.map((line) => ({
        label: [line.channel, line.target].filter(Boolean).join(' '),
        value: `${said(line)}, ${line.at}`,
      })),
    );
  }
}

/** `sent after 3 tries`. */
function said({ state, attempts, problem }: Delivery): string {
  const tries = attempts === null || attempts < 2 ? '' : ` after ${attempts} tries`;
  return `${state.replace('-', ' ')}${tries}${problem ? `: ${problem}` : ''}`;
}

/** The failure tells the number of its try; one that never came back does not. */
function triesOf(error: ActivityFailure): number | null {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) return null;
  const given = cause.details?.[0] as { details?: { attempts?: number } } | undefined;
  return given?.details?.attempts ?? 1;
}

import { condition } from '@temporalio/workflow';
import type { ResolveMessage } from '../contracts/messages';
import type { HoldView, Problem, StepView } from '../contracts/run-view';
import { holdCommands } from './commands';
import type { RunRecord } from './record';

/** A run that cannot go on by itself waits at the failed step instead of losing what it has. */
export class Holds {
  private open: HoldView | undefined;
  private answer: ResolveMessage | undefined;

  constructor(private readonly record: RunRecord) {}

  /** Steps that run side by side can fail together: they are held one after the other. */
  async wait(step: StepView, problem: Problem, choices: HoldView['choices']): Promise<ResolveMessage> {
    const wait = async (): Promise<ResolveMessage> => {
      // Two that fail in the same activation wake together: look again, and take the place in the same tick.
      while (this.open) await condition(() => this.open === undefined);
      const before = this.record.state;
      const hold: HoldView = {
        step: step.number,
        title: step.title,
        problem,
        choices,
        since: new Date().toISOString(),
        commands: holdCommands(this.record.snapshot().workflowId, choices),
      };
      this.open = hold;
      this.answer = undefined;
      this.record.edit((view) => void (view.hold = hold));
      this.record.note('hold', `held at "${step.title}": ${problem.code} ${problem.message}`);
      this.record.setState('held', `someone to resolve the failed step "${step.title}": ${choices.join(', ')}`);
      try {
        await condition(() => this.answer !== undefined);
        const answer = this.answer as unknown as ResolveMessage;
        this.record.note('person', `${answer.action} by ${answer.by}: ${answer.reason}`);
        return answer;
      } finally {
        this.open = undefined;
        this.record.edit((view) => void delete view.hold);
        this.record.setState(before);
      }
    };
    return this.record.humanTime.during(wait);
  }

  /** Title of the step that is held now. */
  get heldAt(): string | undefined {
    return this.open?.title;
  }

  /** Why the message cannot be taken now; undefined when it can. */
  objection(message: ResolveMessage): string | undefined {
    if (!this.open || this.answer) return 'no step of this run is held now, so there is nothing to resolve';
    if (!this.open.choices.includes(message.action)) {
      return `step "${this.open.title}" cannot be ${message.action === 'skip' ? 'skipped' : 'aborted'}; choose ${this.open.choices.join(' or ')}`;
    }
    if (message.step !== undefined && message.step !== this.open.step) {
      return `step ${message.step} is not the one that is held; that is step ${this.open.step}, "${this.open.title}"`;
    }
    return undefined;
  }

  resolve(message: ResolveMessage): void {
    this.answer = message;
  }
}

import { CancellationScope } from '@temporalio/workflow';
import { problemOf } from '../contracts/errors';
import type { Problem, StepView } from '../contracts/run-view';
import type { Holds } from './hold';
import type { RunRecord } from './record';

/** An undo that waits. */
export interface Undo {
  title: string;
  act: () => Promise<unknown>;
  /** Whether there is anything to undo, asked when the way back begins; where there is not, it leaves no step. */
  needed: () => boolean;
  /** The change it belongs to; its row of the report says what became of the undo. */
  of?: StepView;
}

/** The way back: every change leaves its undo here before it begins. */
export class UndoStack {
  private stack: Undo[] = [];

  constructor(
    private readonly record: RunRecord,
    private readonly holds: Holds,
  ) {}

  /** Registers an undo on top of the stack. @param needed default: always */
  push(title: string, act: () => Promise<unknown>, needed: () => boolean = () => true): Undo {
    const undo = { title, act, needed };
    this.stack.push(undo);
    return undo;
  }

  /** The changes so far stay. */
  drop(): void {
    for (const undo of this.stack) mark(undo, 'dropped');
    this.stack = [];
  }

  get size(): number {
    return this.stack.length;
  }

  /**
   * Unwinds newest first, where no cancel can reach it. One that fails is held: the ones below it were made for a platform
   * on which it had worked, so going on is for a person to say. After a skip every further one asks first.
   */
  async unwind(why: string): Promise<void> {
    this.stack = this.stack.filter((undo) => undo.needed());
    if (this.stack.length === 0) return;
    this.record.setState('undoing');
    this.record.phase('Undo');
    this.record.note('undo', `undoing ${this.stack.length} change(s): ${why}`);
    await CancellationScope.nonCancellable(async () => {
      let skipped: string | undefined;
      for (let undo = this.stack.pop(); undo; undo = this.stack.pop()) {
        if (!(await this.one(undo, skipped))) skipped = undo.title;
      }
    });
  }

  /** @returns false when a person left it as it is */
  private async one(undo: Undo, skipped: string | undefined): Promise<boolean> {
    const step = this.record.openStep('undo', undo.title);
    let problem: Problem | undefined = skipped === undefined ? undefined : afterSkip(skipped);
    for (;;) {
      if (problem && !(await this.goOn(step, problem))) {
        mark(undo, 'failed');
        return false;
      }
      try {
        await undo.act();
        mark(undo, 'done');
        this.record.closeStep(step, 'done');
        return true;
      } catch (error) {
        problem = problemOf(error);
      }
    }
  }

  private async goOn(step: StepView, problem: Problem): Promise<boolean> {
    this.record.edit(() => {
      step.state = 'failed';
      step.error = problem;
    });
    const answer = await this.holds.wait(step, problem, ['retry', 'skip']);
    if (answer.action === 'retry') {
      this.record.edit(() => {
        step.state = 'running';
        step.attempts += 1;
        delete step.error;
      });
      return true;
    }
    this.record.problem({ ...problem, message: `undo "${step.title}" was not done: ${problem.message}` });
    this.record.closeStep(step, 'skipped', `left as it is by ${answer.by}: ${answer.reason}`);
    return false;
  }
}

const mark = ({ of }: Undo, state: NonNullable<StepView['undo']>): void => {
  if (of) of.undo = state;
};

const afterSkip = (title: string): Problem => ({
  code: 'DR-UNDO',
  message: `"${title}" was left as it is, and this undo was made for a platform on which it had been done`,
  next: 'Look at the platform. Retry does this undo now, skip leaves it too.',
});

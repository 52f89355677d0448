import { CancellationScope } from '@temporalio/workflow';
import { problemOf } from '../contracts/errors';
import type { RunRecord } from './record';

interface Undo {
  title: string;
  act: () => Promise<unknown>;
}

/** The way back: every change leaves its undo here before it begins. */
export class UndoStack {
  private stack: Undo[] = [];

  constructor(private readonly record: RunRecord) {}

  push(title: string, act: () => Promise<unknown>): void {
    this.stack.push({ title, act });
  }

  /** The changes so far stay. */
  drop(): void {
    this.stack = [];
  }

  get size(): number {
    return this.stack.length;
  }

  /**
   * Unwinds newest first, where no cancel can reach it. One that fails is recorded and the rest still run: a half-undone
   * platform with a named failure is better than an untouched rest.
   */
  async unwind(why: string): Promise<void> {
    if (this.stack.length === 0) return;
    this.record.setState('undoing');
    this.record.phase('Undo');
    this.record.note('undo', `undoing ${this.stack.length} change(s): ${why}`);
    await CancellationScope.nonCancellable(async () => {
      for (let undo = this.stack.pop(); undo; undo = this.stack.pop()) {
        const step = this.record.openStep('undo', undo.title);
        try {
          await undo.act();
          this.record.closeStep(step, 'done');
        } catch (error) {
          const problem = problemOf(error);
          step.error = problem;
          this.record.problem({ ...problem, message: `undo "${undo.title}" failed: ${problem.message}` });
          this.record.closeStep(step, 'failed', problem.message);
        }
      }
    });
  }
}

/**
 * What a procedure receives. It reads top to bottom: probe, change, gate, irreversible, child; the rest (hold, undo,
 * pause, clock, messages) happens underneath and needs no word in the procedure.
 */
import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { Approval } from '../contracts/approval';
import { problemOf, type DrCode } from '../contracts/errors';
import type { EvidenceRef, Fact, HoldView, Problem, RunView, StepKind, TaskView } from '../contracts/run-view';
import { isoTime } from '../contracts/pitr';
import type { Refusal } from '../contracts/recovery';
import { describeEnd, inDrill, startDetached, whenUnlocked, type ChildEnd, type ChildProcedure } from './child';
import { ObjectivesClock } from './clock';
import { Ended } from './endings';
import { Gates, type GateDefinition } from './gate';
import { Holds } from './hold';
import { RunRecord } from './record';
import { UndoStack, type Undo } from './undo';

/** How a step says what it found or did, in a sentence with its numbers. */
export type Outcome<T> = (value: T) => string;

export interface ChangeOptions<T> {
  /** Registered before the change begins, so it must be safe when the change never happened. */
  undo?: { title: string; act: () => Promise<unknown> };
  outcome?: Outcome<T>;
  /** Lets a person skip the step when it fails, with this value instead; without it skip is not offered. */
  skip?: () => T;
  /** What the procedure goes on with when the step fails, instead of holding the run: it knows another way. */
  instead?: (problem: Problem) => T;
}

const drillPolicy = 'policy of drills: nothing of it serves anybody';

/** One run as its procedure sees it. Made by `runProcedure` only. */
export class Run {
  readonly record: RunRecord;
  readonly undo: UndoStack;
  private readonly gates: Gates;
  private readonly holds: Holds;
  private readonly cleanups: { title: string; act: () => Promise<unknown> }[] = [];
  private pausedBy: string | undefined;
  private noWayBack: string | undefined;
  private leaving: string | undefined;
  /** Steps under way; the way back begins only when none is. */
  private active = 0;

  /** It works on the drill's copy of the platform: policy answers its gates, and the runs it starts work on the copy, too. */
  readonly drill: boolean;

  constructor(start: { procedure: string; resource: string; mode: string; summary: string; drill?: boolean }) {
    this.drill = start.drill ?? false;
    this.record = new RunRecord(start);
    this.holds = new Holds(this.record);
    this.undo = new UndoStack(this.record, this.holds);
    this.gates = new Gates(this.record, this.drill ? drillPolicy : undefined);
  }

  /** Begins a phase of the runbook: the steps that follow belong to it. */
  phase(title: string): void {
    this.record.phase(title);
  }

  /** Reads something. Retried quickly by Temporal; when that does not help the run is held. */
  probe<T>(title: string, act: () => Promise<T>, outcome?: Outcome<T>): Promise<T> {
    return this.step('probe', title, act, { ...(outcome ? { outcome } : {}) });
  }

  /** Changes something that can be changed back. */
  change<T>(title: string, act: () => Promise<T>, options: ChangeOptions<T> = {}): Promise<T> {
    const undo = options.undo && this.undo.push(options.undo.title, options.undo.act);
    return this.step('change', title, act, options, undo);
  }

  /** A change the rest can do without: when it fails a person may skip it, on record, and it is undefined. */
  optional<T>(title: string, act: () => Promise<T>, outcome?: Outcome<T>): Promise<T | undefined> {
    return this.step<T | undefined>('change', title, act, {
      skip: () => undefined,
      outcome: (value) => (value === undefined || !outcome ? 'done' : outcome(value)),
    });
  }

  /** Waits until a person, or a stated policy, approves exactly the facts the card shows. */
  gate<F>(name: string, definition: GateDefinition<F>): Promise<Approval> {
    // A step like any other: what cannot be measured holds the run, where a bare failure would end it without the undo.
    const measure = (): Promise<F> => this.probe(`Measure the facts of gate ${name}`, definition.measure);
    return this.gates.open(name, { ...definition, measure });
  }

  /** The procedure itself has seen that approved facts hold no more. @param drift which fact, from what to what */
  revoke(approval: Approval, drift: string): void {
    this.gates.revoke(approval, drift);
  }

  /**
   * Does what cannot be taken back. Measures the facts of the approval's card again first: where they drifted beyond what
   * the policy tolerates the approval is void and the gate opens anew, as often as it takes.
   */
  async irreversible<T>(title: string, approval: Approval, act: (approval: Approval) => Promise<T>): Promise<T> {
    await this.notPaused();
    const valid = await this.gates.stillValid(approval);
    const step = this.record.openStep('irreversible', title);
    try {
      const value = await act(valid);
      this.record.closeStep(step, 'done', `approved by ${valid.reference.by} (${valid.reference.via})`);
      return value;
    } catch (error) {
      this.record.closeStep(step, 'failed', 'not finished');
      throw error;
    }
  }

  /** Starts a procedure of its own, with its own id, lock and history, that outlives this run. Running already is fine. */
  async child(title: string, child: ChildProcedure): Promise<void> {
    await this.step('child', title, () => startDetached(this.onCopy(child)), { outcome: (id) => `started ${id}` });
  }

  /**
   * The same, and waits how it ends; an end that is no success is an answer, not a failure of this run.
   * @param lockPatienceMs how long another run that has its id is waited for, milliseconds; default: not at all
   */
  childResult(title: string, child: ChildProcedure, { lockPatienceMs = 0 } = {}): Promise<ChildEnd> {
    const own = this.onCopy(child);
    const over = (): void => this.record.childOver(own.workflowId);
    return this.step('child', title, () => whenUnlocked(own, lockPatienceMs).finally(over), { outcome: describeEnd });
  }

  /**
   * The same, and waits only until what it does stands; then it goes on without this run.
   * @param stands whether it stands; read again whenever something has happened
   * @param ended told how it ended, also when that is days later
   * @returns how it ended before it stood; undefined: it stands
   */
  childStanding(
    title: string,
    child: ChildProcedure,
    {
      lockPatienceMs,
      stands,
      ended,
    }: { lockPatienceMs: number; stands: () => boolean; ended: (end: ChildEnd) => void },
  ): Promise<ChildEnd | undefined> {
    const own = this.onCopy(child);
    const act = (): Promise<ChildEnd | undefined> => {
      const end = whenUnlocked(own, lockPatienceMs)
        .finally(() => this.record.childOver(own.workflowId))
        .then((how) => {
          ended(how);
          return how;
        });
      return Promise.race([end, condition(stands).then(() => undefined)]);
    };
    return this.step('child', title, act, { outcome: (end) => (end ? describeEnd(end) : 'it stands') });
  }

  /** What a run of a drill starts works on the copy as well, under a lock of the drill. */
  private onCopy(child: ChildProcedure): ChildProcedure {
    if (!this.drill) return child;
    return inDrill(child);
  }

  /** Something to tidy up however the run ends; after the undo, newest first. */
  cleanup(title: string, act: () => Promise<unknown>): void {
    this.cleanups.unshift({ title, act });
  }

  /** From here there is no way back: the changes so far stay, and an abort no longer undoes them. */
  pointOfNoReturn(why: string): void {
    this.undo.drop();
    this.noWayBack = why;
    this.record.note('clock', `no way back from here: ${why}`);
  }

  /** Begins the objectives clock under the tier that judges this run. */
  judgeBy(tier: { name: string; rto: number; rpo: number }): void {
    this.record.judge(new ObjectivesClock(tier, workflowInfo().startTime.getTime(), this.record.humanTime), tier.name);
  }

  /** When the damage happened, as the operator or the facts say; UTC or with offset. */
  disaster(at: string): void {
    this.record.clock?.disaster(isoTime(at));
  }

  /** The RTO clock stops: a client's write came back. @param rpo measured loss window in milliseconds, null = unknown */
  verified(how: string, rpo: number | null): void {
    this.record.clock?.verified(rpo);
    this.record.note('clock', `verified: ${how}`);
  }

  /** Ends the run before it changed anything, with every reason at once. */
  refuse(refusals: Refusal[]): never {
    const only = refusals.length === 1 ? refusals[0] : undefined;
    throw new Ended(
      'refused',
      (only?.code as DrCode | undefined) ?? 'DR-REFUSED',
      refusals.map((one) => `${one.code}: ${one.message}`).join('\n'),
      refusals,
    );
  }

  /** Ends the run by its own judgement; what it did is undone. */
  giveUp(code: DrCode, message: string): never {
    throw new Ended('aborted', code, message);
  }

  facts(title: string, facts: Fact[]): void {
    this.record.facts(title, facts);
  }

  /** Files that were kept; a later one of the same path replaces the earlier. */
  evidence(...refs: EvidenceRef[]): void {
    this.record.edit((view) => {
      view.evidence = [...view.evidence.filter((one) => refs.every((ref) => ref.path !== one.path)), ...refs];
    });
  }

  note(text: string): void {
    this.record.note('note', text);
  }

  /** What people are asked to do while the run goes on, with the lines to type; undefined: nothing more. */
  task(task: TaskView | undefined): void {
    this.record.task(task);
  }

  /** Something that went wrong and does not end the run; the report names it. */
  problem(problem: Problem): void {
    this.record.problem(problem);
  }

  view(): RunView {
    return this.record.snapshot();
  }

  // ---- what the messages do -------------------------------------------------------------------------------------

  /** @internal */ get messages(): { gates: Gates; holds: Holds } {
    return { gates: this.gates, holds: this.holds };
  }

  /** @internal */ pause(by: string): void {
    this.pausedBy = by;
    this.record.edit((view) => void (view.pausedBy = by));
    this.record.note('person', `paused by ${by}: the step under way ends, the next one waits`);
  }

  /** @internal */ get isPaused(): boolean {
    return this.pausedBy !== undefined;
  }

  /** @internal */ resume(by: string): void {
    this.pausedBy = undefined;
    this.record.edit((view) => void delete view.pausedBy);
    this.record.note('person', `resumed by ${by}`);
  }

  /** @internal The body is over, or was told to end: what is left are the way back, the tidying and the report. */
  leave(why: string): void {
    this.leaving ??= why;
    if (this.pausedBy !== undefined) this.resume('the end of the run');
  }

  /** @internal Why the run ends; undefined while it goes on. */
  get leaves(): string | undefined {
    return this.leaving;
  }

  /** @internal Why what was done stays, when the run ends early after the point of no return. */
  get stays(): string | undefined {
    return this.noWayBack;
  }

  /** Waits until no step is under way: a way back begins only then. */
  async settled(): Promise<void> {
    await condition(() => this.active === 0);
  }

  /** @internal */ async tidyUp(): Promise<void> {
    for (const { title, act } of this.cleanups) {
      try {
        await act();
      } catch (error) {
        this.record.problem({ ...problemOf(error), message: `${title}: ${problemOf(error).message}` });
      }
    }
  }

  // ---- underneath -----------------------------------------------------------------------------------------------

  private async notPaused(): Promise<void> {
    if (this.pausedBy === undefined) return;
    const before = this.record.state;
    this.record.setState('paused', `someone to resume the run, paused by ${this.pausedBy}`);
    const wait = (): Promise<void> => condition(() => this.pausedBy === undefined);
    await this.record.humanTime.during(wait);
    this.record.setState(before === 'paused' ? 'running' : before);
  }

  /** One step: waits out a pause, acts, and holds the run where the step fails until a person decides. */
  private async step<T>(
    kind: StepKind,
    title: string,
    act: () => Promise<T>,
    options: ChangeOptions<T>,
    undo?: Undo,
  ): Promise<T> {
    this.active += 1;
    try {
      await this.notPaused();
      // Told to end meanwhile: a step that has not begun does not begin.
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`"${title}" was not begun`);
      return await this.attempts(kind, title, act, options, undo);
    } finally {
      this.active -= 1;
    }
  }

  private async attempts<T>(
    kind: StepKind,
    title: string,
    act: () => Promise<T>,
    options: ChangeOptions<T>,
    undo?: Undo,
  ): Promise<T> {
    const step = this.record.openStep(kind, title);
    if (undo) {
      undo.of = step;
      step.undo = 'open';
    }
    for (;;) {
      try {
        const value = await act();
        this.record.closeStep(step, 'done', options.outcome?.(value));
        return value;
      } catch (error) {
        if (isCancellation(error)) this.record.closeStep(step, 'failed', 'cancelled');
        if (!isExpected(error)) {
          if (step.state === 'running') this.record.closeStep(step, 'failed', (error as Error).message);
          throw error;
        }
        const problem = problemOf(error);
        this.record.edit(() => {
          step.state = 'failed';
          step.error = problem;
        });
        const { skip, instead } = options;
        if (instead) {
          this.record.closeStep(step, 'failed', problem.message);
          return instead(problem);
        }
        const choices: HoldView['choices'] = skip ? ['retry', 'skip', 'abort'] : ['retry', 'abort'];
        const answer = await this.holds.wait(step, problem, choices);
        if (answer.action === 'skip' && skip) {
          this.record.problem(problem);
          this.record.closeStep(step, 'skipped', `skipped by ${answer.by}: ${answer.reason}`);
          return skip();
        }
        if (answer.action === 'abort')
          throw new Ended('aborted', 'DR-ABORTED', `aborted by ${answer.by} at "${title}": ${answer.reason}`);
        this.record.edit(() => {
          step.state = 'running';
          step.attempts += 1;
          delete step.error;
        });
      }
    }
  }
}

/** Failures of the world hold the run. Cancellation, endings and bugs go through: a bug stalls, is fixed, and goes on. */
function isExpected(error: unknown): boolean {
  if (isCancellation(error)) return false;
  return (
    error instanceof ActivityFailure || error instanceof ApplicationFailure || error instanceof ChildWorkflowFailure
  );
}

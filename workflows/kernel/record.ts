import { log, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from '../contracts/names';
import { needsPerson } from '../contracts/run-view';
import type {
  ChildWaits,
  Fact,
  Problem,
  RunState,
  RunView,
  StepKind,
  StepView,
  TaskView,
  TimelineEntry,
  Verdict,
} from '../contracts/run-view';
import { HumanTime, type ObjectivesClock } from './clock';
import { renderDetails } from './details';

const now = (): string => new Date().toISOString();

/** Everything a run knows of itself, and the only place that changes it. What it holds is what the `run` query answers. */
export class RunRecord {
  clock: ObjectivesClock | undefined;
  readonly humanTime = new HumanTime();
  private readonly view: RunView;
  /** Is told of every change of the state. */
  onState: ((state: RunState, waitingFor: string | undefined) => void) | undefined;

  constructor(start: { procedure: string; resource: string; mode: string; summary: string }) {
    const info = workflowInfo();
    this.view = {
      ...start,
      workflowId: info.workflowId,
      runId: info.runId,
      state: 'running',
      verdict: 'none',
      phase: 'Begin',
      startedAt: info.startTime.toISOString(),
      steps: [],
      gates: [],
      timeline: [],
      facts: [],
      approvals: [],
      evidence: [],
      problems: [],
    };
    upsertSearchAttributes([
      { key: searchAttributes.procedure, value: start.procedure },
      { key: searchAttributes.resource, value: start.resource },
      { key: searchAttributes.state, value: 'running' },
      { key: searchAttributes.verdict, value: 'none' },
    ]);
    this.publish();
  }

  get state(): RunState {
    return this.view.state;
  }

  /** A copy, with the clock read now: a query must not hand out what the run goes on changing. */
  snapshot(): RunView {
    const copy = JSON.parse(JSON.stringify(this.view)) as RunView;
    if (this.clock) copy.objectives = this.clock.view();
    // What it waits for at a gate or a hold comes first; the task is still there afterwards.
    if (copy.task) copy.waitingFor ??= copy.task.text;
    return copy;
  }

  note(kind: TimelineEntry['kind'], text: string): void {
    this.entry(kind, text, {});
  }

  /** On the timeline, and in the log of the worker beside the run's ids. @param fields what the log says besides */
  private entry(kind: TimelineEntry['kind'], text: string, fields: Record<string, string | number>): void {
    this.view.timeline.push({ at: now(), kind, text });
    const { resource, phase, state } = this.view;
    log.info(text, { event: kind, resource, phase, state, ...fields });
    this.publish();
  }

  phase(title: string): void {
    this.view.phase = title;
    this.note('phase', title);
  }

  setState(state: RunState, waitingFor?: string): void {
    const changed = this.view.state !== state;
    this.view.state = state;
    if (waitingFor === undefined) delete this.view.waitingFor;
    else this.view.waitingFor = waitingFor;
    if (changed) upsertSearchAttributes([{ key: searchAttributes.state, value: state }]);
    this.publish();
    this.onState?.(state, waitingFor);
  }

  /** What is known of a run that was started from here. */
  childWaits({ workflowId, state, waitingFor }: ChildWaits): void {
    const others = (this.view.waitsOn ?? []).filter((one) => one.workflowId !== workflowId);
    const waits = needsPerson.has(state);
    this.view.waitsOn = waits ? [...others, { workflowId, state, waitingFor }] : others;
    if (this.view.waitsOn.length === 0) delete this.view.waitsOn;
    this.note('note', waits ? `${workflowId} waits for a person: ${waitingFor}` : `${workflowId} goes on: ${state}`);
  }

  /** What the run wants of people from now on; undefined: nothing more. */
  task(task: TaskView | undefined): void {
    if (task === undefined) delete this.view.task;
    else this.view.task = task;
    this.publish();
  }

  /** It has ended, whatever it said last. */
  childOver(workflowId: string): void {
    const others = (this.view.waitsOn ?? []).filter((one) => one.workflowId !== workflowId);
    if (others.length > 0) this.view.waitsOn = others;
    else delete this.view.waitsOn;
  }

  end(state: RunState, verdict: Verdict): void {
    delete this.view.task;
    this.view.verdict = verdict;
    this.view.endedAt = now();
    upsertSearchAttributes([{ key: searchAttributes.verdict, value: verdict }]);
    this.setState(state);
  }

  pin(plan: NonNullable<RunView['plan']>): void {
    this.view.plan = plan;
    upsertSearchAttributes([{ key: searchAttributes.planHash, value: plan.hash }]);
    this.note('note', `plan "${plan.name}" ${plan.version} pinned: ${plan.hash.slice(0, 12)}`);
  }

  judge(clock: ObjectivesClock, tier: string): void {
    this.clock = clock;
    upsertSearchAttributes([{ key: searchAttributes.tier, value: tier }]);
  }

  openStep(kind: StepKind, title: string): StepView {
    const step: StepView = {
      number: this.view.steps.length + 1,
      kind,
      title,
      phase: this.view.phase,
      state: 'running',
      startedAt: now(),
      attempts: 1,
    };
    this.view.steps.push(step);
    this.publish();
    return step;
  }

  closeStep(step: StepView, state: 'done' | 'failed' | 'skipped', outcome?: string): void {
    step.state = state;
    step.endedAt = now();
    if (outcome) step.outcome = outcome;
    this.entry(step.kind === 'undo' ? 'undo' : 'step', `${step.title}: ${outcome ?? state}`, {
      step: step.title,
      stepNumber: step.number,
      stepKind: step.kind,
      stepState: state,
    });
  }

  facts(title: string, facts: Fact[]): void {
    this.view.facts = this.view.facts.filter((one) => one.title !== title);
    this.view.facts.push({ title, facts });
  }

  problem(problem: Problem): void {
    this.view.problems.push(problem);
  }

  /** Direct access for the kernel's own parts (gate, hold); procedures never see it. */
  edit(change: (view: RunView) => void): void {
    change(this.view);
    this.publish();
  }

  private publish(): void {
    setCurrentDetails(renderDetails(this.snapshot()));
  }
}

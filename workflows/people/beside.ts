/** People are told beside a run, by runs of their own: whatever becomes of those, the run neither waits nor fails. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { Milestone } from '../../plan';
import { milestoneSignal } from '../contracts/checklist';
import { problemOf } from '../contracts/errors';
import { checklistLock, controlQueue, notifyLock, onCallLock, statusLock } from '../contracts/names';
import { got, type Delivery } from '../contracts/people';
import type { ComponentState, StatusState } from '../contracts/status';
import { runChild, startDetached, type ChildProcedure } from '../kernel/child';
import type { Run } from '../kernel/run';

/** What every message of the incident is sent with. */
export interface StartedBy {
  reason: string;
  by: string;
  planHash?: string | undefined;
}

/** One message, by the template of its name. */
export interface Notice {
  template: string;
  severity: string;
  summary: string;
  /** Tells messages of one template apart; default: the template. */
  key?: string;
  /** What else is known, by name. */
  facts?: Record<string, string>;
}

/** Tells people of one incident beside a run. */
export class Beside {
  /** Each message follows the one before it, so that nobody reads the end before the beginning. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    protected readonly run: Run,
    private readonly startedBy: StartedBy,
    readonly incident: string,
  ) {}

  /** Ticks what a milestone ticks on the checklist. */
  reached(name: Milestone, evidence: string): void {
    const list = getExternalWorkflowHandle(checklistLock(this.incident));
    const by = this.run.view().workflowId;
    this.after(() => list.signal(milestoneSignal, { name, by, evidence: evidence.slice(0, 2000) }));
  }

  /** Until the last of it is on its way; a run that has ended tells nobody. */
  async told(): Promise<void> {
    await this.last;
  }

  /** Begins the checklist. */
  checklist(more: Record<string, unknown>): void {
    this.tell('recoveryChecklist', checklistLock(this.incident), more);
  }

  /** Calls the on-call chain; one that is being called already is as good. */
  onCall(severity: string, summary: string): void {
    this.tell('callOnCall', onCallLock(this.incident), { severity, summary: summary.slice(0, 500) });
  }

  /** The item of the checklist is ticked when a channel took the message, if the run is still there to hear of it. */
  notify({ template, severity, summary, key, facts = {} }: Notice): void {
    const known = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, value.slice(0, 1000)]));
    const child = this.child('notifyPeople', notifyLock(this.incident, key ?? template), {
      template,
      severity,
      facts: { summary, ...known },
      ...(key === undefined ? {} : { key }),
    });
    if (this.run.drill) return;
    void runChild(child).then(
      (end) => {
        const took = 'report' in end ? (end.report.result['deliveries'] as Delivery[]).filter(got) : [];
        if (took.length > 0)
          this.reached('notified', took.map(({ channel, state }) => `${channel} ${state}`).join(', '));
      },
      (error: unknown) => this.run.note(`people could not be told: ${problemOf(error).message}`),
    );
  }

  /** One update of the status page. */
  post(key: string, state: StatusState, message: string, components: { name: string; state: ComponentState }[]): void {
    const shown = components.slice(0, 100);
    this.tell('postStatus', statusLock(this.incident, key), { key, state, message, components: shown });
  }

  private tell(procedure: string, workflowId: string, more: Record<string, unknown>): void {
    const child = this.child(procedure, workflowId, more);
    this.after(() => startDetached(child));
  }

  private child(procedure: string, workflowId: string, more: Record<string, unknown>): ChildProcedure {
    const { reason, by, planHash } = this.startedBy;
    const input = { incident: this.incident, reason, by, ...(planHash ? { planHash } : {}), ...more };
    return { procedure, workflowId, taskQueue: controlQueue, input };
  }

  private after(act: () => Promise<unknown>): void {
    // A drill is nobody's emergency.
    if (this.run.drill) return;
    this.last = this.last.then(act).catch((error: unknown) => {
      this.run.note(`people could not be told: ${problemOf(error).message}`);
    });
  }
}

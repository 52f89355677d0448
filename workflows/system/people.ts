/** People are told beside the recovery, by runs of their own: whatever becomes of those, the recovery neither waits nor fails. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { Milestone } from '../../plan';
import { milestoneSignal } from '../contracts/checklist';
import { checklistLock, controlQueue, notifyLock, statusLock } from '../contracts/names';
import type { ComponentState, StatusState } from '../contracts/status';
import { problemOf } from '../contracts/errors';
import { runChild, startDetached, type ChildProcedure } from '../kernel/child';
import { got, type Delivery } from '../contracts/people';
import type { Run } from '../kernel/run';
import type { Assessment } from './assess';
import type { System } from './context';

/** The incident of a run, as people are told of it. */
export class People {
  /** Each message follows the one before it, so that nobody reads the end before the beginning. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly run: Run,
    private readonly system: System,
    private readonly incident: string,
  ) {}

  /** As the status page and the checklist know it. */
  get name(): string {
    return this.incident;
  }

  /** The incident is opened: contacts, status page, checklist. */
  opened({ unwell }: Assessment): void {
    const { input, plan } = this.system;
    const summary = `${unwell.size} of ${plan.services.length} services are down`;
    this.run.note(`incident ${this.incident}: people are told of it beside the recovery`);
    this.tell('recoveryChecklist', checklistLock(this.incident), { detectedAt: input.disasterAt });
    this.notify('incident-opened', 'critical', summary);
    const components = [...unwell.keys()].map((name) => ({ name, state: 'major-outage' as const }));
    this.post('1-opened', 'investigating', 'We are restoring our services.', components.slice(0, 100));
    this.reached('assessed', summary);
    this.reached('begun', this.run.view().workflowId);
  }

  /** The critical services serve their clients. */
  criticalServed(services: string[]): void {
    this.reached('critical-verified', 'clients get the pages of the critical services');
    const components = services.map((name) => ({ name, state: 'operational' as const }));
    this.post('2-critical', 'identified', 'Orders and payments work again. We are restoring the rest.', components);
  }

  /** Everything serves, and was validated. */
  resolved(says: string): void {
    const { plan } = this.system;
    this.notify('resolved', 'info', 'all services are restored', says);
    const components = plan.services.map(({ name }) => ({ name, state: 'operational' as const }));
    this.post('3-resolved', 'resolved', 'All services work again.', components.slice(0, 100));
  }

  /** Ticks what a milestone ticks on the checklist. */
  reached(name: Milestone, evidence: string): void {
    const list = getExternalWorkflowHandle(checklistLock(this.incident));
    this.after(() => list.signal(milestoneSignal, { name, by: this.run.view().workflowId, evidence }));
  }

  /** Until the last of it is on its way; a run that has ended tells nobody. */
  async told(): Promise<void> {
    await this.last;
  }

  /** The item of the checklist is ticked when a channel took the message, if the run is still there to hear of it. */
  private notify(template: string, severity: string, summary: string, detail?: string): void {
    // A drill is nobody's emergency.
    if (this.run.drill) return;
    const facts = { summary, ...(detail === undefined ? {} : { Detail: detail.slice(0, 1000) }) };
    const child = this.child('notifyPeople', notifyLock(this.incident, template), { template, severity, facts });
    void runChild(child).then(
      (end) => {
        const took = 'report' in end ? (end.report.result['deliveries'] as Delivery[]).filter(got) : [];
        if (took.length > 0)
          this.reached('notified', took.map(({ channel, state }) => `${channel} ${state}`).join(', '));
      },
      (error: unknown) => this.run.note(`people could not be told: ${problemOf(error).message}`),
    );
  }

  private post(
    key: string,
    state: StatusState,
    message: string,
    components: { name: string; state: ComponentState }[],
  ): void {
    this.tell('postStatus', statusLock(this.incident, key), { key, state, message, components });
  }

  private tell(procedure: string, workflowId: string, more: Record<string, unknown>): void {
    const child = this.child(procedure, workflowId, more);
    this.after(() => startDetached(child));
  }

  private child(procedure: string, workflowId: string, more: Record<string, unknown>): ChildProcedure {
    const { reason, by, planHash } = this.system.input;
    const input = { incident: this.incident, reason, by, ...(planHash ? { planHash } : {}), ...more };
    return { procedure, workflowId, taskQueue: controlQueue, input };
  }

  private after(act: () => Promise<unknown>): void {
    if (this.run.drill) return;
    this.last = this.last.then(act).catch((error: unknown) => {
      this.run.note(`people could not be told: ${problemOf(error).message}`);
    });
  }
}

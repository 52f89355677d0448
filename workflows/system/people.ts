/** People are told beside the recovery, by runs of their own: whatever becomes of those, the recovery neither waits nor fails. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { Milestone } from '../../plan';
import { milestoneSignal } from '../contracts/checklist';
import { checklistLock, controlQueue, notifyLock, statusLock } from '../contracts/names';
import type { ComponentState, StatusState } from '../contracts/status';
import { problemOf } from '../contracts/errors';
import { startDetached } from '../kernel/child';
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
    this.tell('recoveryChecklist', checklistLock(this.incident), { detectedAt: input.disasterAt });
    this.notify('incident-opened', 'critical', summary);
    const components = [...unwell.keys()].map((name) => ({ name, state: 'major-outage' as const }));
    this.post('1-opened', 'investigating', 'We are restoring our services.', components.slice(0, 100));
    this.reached('assessed', summary);
    this.reached('notified', 'the emergency contacts and the status page were told');
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

  private notify(template: string, severity: string, summary: string, detail?: string): void {
    const facts = { summary, ...(detail === undefined ? {} : { Detail: detail.slice(0, 1000) }) };
    this.tell('notifyPeople', notifyLock(this.incident, template), { template, severity, facts });
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
    const { reason, by, planHash } = this.system.input;
    const input = { incident: this.incident, reason, by, ...(planHash ? { planHash } : {}), ...more };
    const child = { procedure, workflowId, taskQueue: controlQueue, input };
    this.after(() => startDetached(child));
  }

  private after(act: () => Promise<unknown>): void {
    this.last = this.last.then(act).catch((error: unknown) => {
      this.run.note(`people could not be told: ${problemOf(error).message}`);
    });
  }
}

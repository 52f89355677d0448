/** What people are told of a recovery of everything, and when. */
import { Beside } from '../people/beside';
import type { Run } from '../kernel/run';
import type { Assessment } from './assess';
import type { System } from './context';

/** The incident of a run, as people are told of it. */
export class People extends Beside {
  constructor(
    run: Run,
    private readonly system: System,
    incident: string,
  ) {
    super(run, system.input, incident);
  }

  /** As the status page and the checklist know it. */
  get name(): string {
    return this.incident;
  }

  /** The incident is opened: contacts, status page, checklist. */
  opened({ unwell }: Assessment): void {
    const { input, plan } = this.system;
    const summary = `${unwell.size} of ${plan.services.length} services are down`;
    this.run.note(`incident ${this.incident}: people are told of it beside the recovery`);
    this.checklist({ detectedAt: input.disasterAt });
    this.notify({ template: 'incident-opened', severity: 'critical', summary });
    const components = [...unwell.keys()].map((name) => ({ name, state: 'major-outage' as const }));
    this.post('1-opened', 'investigating', 'We are restoring our services.', components);
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
    this.notify({
      template: 'resolved',
      severity: 'info',
      summary: 'all services are restored',
      facts: { Detail: says },
    });
    const components = plan.services.map(({ name }) => ({ name, state: 'operational' as const }));
    this.post('3-resolved', 'resolved', 'All services work again.', components);
  }
}

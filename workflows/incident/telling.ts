/** What people are told of an incident, and when: messages, status page, on-call chain, checklist. All of it beside the run. */
import { Beside } from '../people/beside';
import type { StatusState } from '../contracts/status';
import { manualProcesses } from './impact';
import type { Incident } from './state';

/** People of one incident. */
export class Telling extends Beside {
  private posts = 0;

  constructor(private readonly about: Incident) {
    super(about.run, about.input, about.input.incident);
  }

  /** The incident is opened: contacts, status page, checklist with the manual processes that are called for, on-call chain. */
  opened(): void {
    const { about } = this;
    const { severity, impact, plan, affected, openedAt, input } = about;
    this.checklist({
      detectedAt: new Date(openedAt).toISOString(),
      manual: manualProcesses(plan, affected).map(({ area, process }) => ({ area, process })),
    });
    this.say('incident-opened', impact, { Cause: 'not known yet' });
    this.show('investigating', 'We are looking into a disruption.');
    if (severity.callOnCall) this.onCall(severity.tells, `${input.incident}: ${impact}`);
    this.reached('assessed', impact);
  }

  /** It is known what it is, and somebody is at work on it. @param begins what is done, in a sentence */
  identified(title: string, begins: string): void {
    this.about.updated(`${title}: ${begins}`, this.about.run.view().workflowId);
    this.say('update', `it is: ${title}`, { Now: begins });
    this.show('identified', 'We know the cause and are restoring our services.');
    this.reached('begun', `${title}: ${begins}`);
  }

  /** An update in people's own words. */
  update(message: string, by: string): void {
    this.about.updated(message, by);
    this.say('update', message, { 'Said by': by });
    this.show(this.stateNow, message);
  }

  /** Everything works again, as far as can be asked. */
  monitoring(): void {
    this.about.updated('everything that was asked works again', this.about.run.view().workflowId);
    this.say('update', 'everything works again; we keep watching', {});
    this.show('monitoring', 'Our services work again. We keep watching them.');
    this.reached('critical-verified', 'every service says that it is well');
    this.reached('all-verified', 'every service says that it is well, and clients get a page through the gateway');
  }

  /** It is declared over. */
  resolved(by: string, reviewDueBy: string): void {
    this.say('resolved', `declared over by ${by}`, { 'Review due by': reviewDueBy });
    this.show('resolved', 'The disruption is over.');
  }

  /** It was none. */
  withdrawn(why: string): void {
    this.say('resolved', 'it was no incident', { Reason: why });
    this.show('resolved', 'There was no disruption.');
  }

  /** What was found afterwards. */
  reviewed(findings: string): void {
    this.show('postmortem', findings);
  }

  /** An update was due and nobody gave it: the on-call chain is called. @param due such as `10:45 UTC` */
  reminded(due: string): void {
    const { severity, name } = this.about;
    this.onCall(severity.tells, `${name}: the update due by ${due} was not given. ./dr incident update ${name}`);
  }

  /** The card was open and nobody answered. */
  unanswered(): void {
    const { severity, name, impact } = this.about;
    this.onCall(severity.tells, `${name}: nobody chose what to do. ${impact}. ./dr incident show ${name}`);
  }

  /** The review is due and was not given. */
  reviewOverdue(): void {
    this.say('update', 'its review is overdue', { Do: `./dr incident review ${this.about.name} --findings "..."` });
  }

  private get stateNow(): StatusState {
    switch (this.about.state) {
      case 'open':
        return 'investigating';
      case 'responding':
      case 'by-hand':
        return 'identified';
      case 'recovered':
        return 'monitoring';
      case 'reviewing':
      case 'closed':
        return 'resolved';
    }
  }

  private say(template: string, summary: string, facts: Record<string, string>): void {
    const { severity, impact, nextUpdate } = this.about;
    this.posts += 1;
    this.notify({
      template,
      severity: severity.tells,
      summary: summary.slice(0, 1000),
      key: `${this.posts}-${template}`,
      facts: {
        Severity: `${severity.name} (${severity.title})`,
        Impact: impact,
        ...facts,
        ...(nextUpdate === undefined ? {} : { 'Next update by': nextUpdate }),
      },
    });
  }

  /** The page says of each service how it is, and until when people have to wait for the next word. */
  private show(state: StatusState, message: string): void {
    const { facts, nextUpdate } = this.about;
    const components = (facts?.services ?? []).map(({ service, healthy, state: container }) => ({
      name: service,
      state: healthy
        ? ('operational' as const)
        : container === 'running'
          ? ('degraded' as const)
          : ('major-outage' as const),
    }));
    this.posts += 1;
    const until = nextUpdate === undefined ? '' : ` Next update by ${nextUpdate}.`;
    this.post(`${this.posts}-${state}`, state, `${message}${until}`, components);
  }
}

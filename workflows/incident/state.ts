/** What an incident knows of itself, and what of it is shown. */
import { workflowInfo, type CancellationScope } from '@temporalio/workflow';
import type { Plan } from '../../plan';
import type {
  ChooseMessage,
  IncidentFacts,
  IncidentResponseInput,
  IncidentView,
  ReviewMessage,
  Verdict,
} from '../contracts/incident';
import type { WordMessage } from '../contracts/messages';
import { recoveryLock, serviceResource } from '../contracts/names';
import { wordCommands } from '../kernel/commands';
import type { Run } from '../kernel/run';
import { planAt } from '../site/view';
import { clockTime, nextUpdateBy } from './clock';
import { affectedOf, impactOf, severityOf, type Affected } from './impact';
import { beyondDoubt, judge, proposed } from './judge';
import { lookAtEverything } from './look';
import { describeResponse, responseTo, siteScenario, type Response } from './responses';
import { Telling } from './telling';

/** One incident, from its opening to its review. */
export class Incident {
  readonly telling: Telling | undefined;
  facts: IncidentFacts | undefined;
  affected: Affected[] = [];
  verdicts: Verdict[] = [];
  severity: Plan['incidents']['severities'][number];
  state: IncidentView['state'] = 'open';
  scenario: string | undefined;
  readonly runs: IncidentView['runs'] = [];
  readonly updates: IncidentView['updates'] = [];
  /** Milliseconds since 1970; undefined: nobody waits for one. */
  nextUpdateAt: number | undefined;
  missed = 0;
  reviewDueBy: string | undefined;
  /** What people said that was not taken up yet. */
  readonly said: {
    choice?: ChooseMessage;
    declared?: WordMessage & { at: string };
    review?: ReviewMessage & { at: string };
  } = {};
  /** The plan as the platform stands now: with another site in the place of the primary one, once that has failed over. */
  private here: Plan;
  /** Of the gate that is open, so that a word can close it. */
  gate: CancellationScope | undefined;

  constructor(
    readonly run: Run,
    readonly input: IncidentResponseInput,
    readonly plan: Plan,
    /** Milliseconds since 1970. */
    readonly openedAt: number,
    severity: Plan['incidents']['severities'][number] | undefined,
  ) {
    this.here = plan;
    this.severity = severity ?? severityOf(plan, []);
    this.telling = input.tell ? new Telling(this) : undefined;
  }

  get name(): string {
    return this.input.incident;
  }

  get impact(): string {
    return impactOf(this.affected);
  }

  /** Whether everything that was asked works. */
  get isWell(): boolean {
    return this.affected.length === 0;
  }

  get proposal(): Verdict | undefined {
    return proposed(this.verdicts);
  }

  /** A scenario that the plan lets begin by itself, of which the facts leave no doubt. */
  get automatic(): string | undefined {
    const first = this.proposal?.scenario;
    if (first === undefined || this.input.ask || !this.plan.incidents.automatic.includes(first)) return undefined;
    // What the plan lets begin by itself was meant for the primary site.
    if (this.servedAt !== undefined) return undefined;
    return beyondDoubt(this.verdicts) ? first : undefined;
  }

  /** Looks anew, judges anew. A severity rises with what is affected, unless a person has set it; it never falls. */
  async look(title = 'Look at everything at once'): Promise<void> {
    const { run, here: plan, input } = this;
    const facts = await run.probe(
      title,
      () => lookAtEverything(plan),
      (seen) =>
        `${impactOf(affectedOf(plan, seen))}${seen.silent.length > 0 ? `; silent: ${seen.silent.join('; ')}` : ''}`,
    );
    this.facts = facts;
    this.affected = affectedOf(plan, facts);
    // Once it is over, what was known when it was chosen is what people ask for.
    if (this.scenario === undefined || !this.isWell)
      this.verdicts = judge(plan, facts, input.suspects, ({ name }) => describeResponse(this.answerTo(name)));
    const { severities } = plan.incidents;
    const now = severityOf(plan, this.affected);
    if (input.severity === undefined && severities.indexOf(now) < severities.indexOf(this.severity)) {
      this.severity = now;
      run.note(`severity ${now.name} (${now.title}): ${this.impact}`);
    }
    this.show();
  }

  /** Services that are isolated now, by runs of this incident. */
  get isolated(): string[] {
    return this.runs.flatMap(({ ended, stands }) => (ended === undefined && stands ? [stands.service] : []));
  }

  /** How the isolations that stand are lifted, a line each. */
  get lifts(): string[] {
    return this.isolated.map((service) => `./dr lift ${service} --reason "WHY"`);
  }

  /** What a run was started for is done. */
  stands(workflowId: string): void {
    const view = this.runs.findLast((one) => one.workflowId === workflowId && one.ended === undefined);
    if (!view || view.procedure !== 'isolateService') return;
    const service = workflowId.slice(recoveryLock(serviceResource('')).length);
    view.stands = { service };
    this.run.note(`${service} is isolated, and stays so until somebody lifts it: ./dr lift ${service} --reason "WHY"`);
    this.show();
  }

  /** Another site serves now: from here on it is looked at, since the primary one was stopped for good. */
  movedTo(name: string): void {
    const site = this.plan.sites.find((one) => one.name === name);
    if (site) this.here = planAt(this.plan, site);
  }

  /** The site that serves, where it is not the primary one. */
  get servedAt(): string | undefined {
    return this.here === this.plan ? undefined : this.here.sites.find((one) => one.role === 'primary')?.name;
  }

  /** What answers a scenario. The procedures work on the primary site: away from it only a site failover knows the other one. */
  answerTo(scenario: string): Response {
    const site = this.servedAt;
    const response = responseTo(this.plan, scenario);
    if (site === undefined || 'byPeople' in response || scenario === siteScenario) return response;
    return {
      byPeople: `Site ${site} serves, and nothing may be started at the primary one: mend it at site ${site} by hand. To have started there what does not run: ${siteScenario}. To come home: ./dr site failback.`,
    };
  }

  enter(state: IncidentView['state']): void {
    this.state = state;
    this.show();
  }

  /** An update was given: by people, or by the run itself. */
  updated(message: string, by: string): void {
    const now = Date.now();
    this.updates.push({ at: new Date(now).toISOString(), by, message });
    this.schedule(now, true);
  }

  /** By when the next one is due. @param given whether one was given in the phase that `from` lies in */
  schedule(from: number, given: boolean): void {
    const every = this.severity.updateEvery;
    this.nextUpdateAt = nextUpdateBy(this.plan.communications, this.openedAt, from, { every, given });
    this.show();
  }

  /** Nobody waits for another one. */
  noMoreUpdates(): void {
    this.nextUpdateAt = undefined;
    this.show();
  }

  /** `10:45 UTC`. */
  get nextUpdate(): string | undefined {
    return this.nextUpdateAt === undefined ? undefined : clockTime(this.nextUpdateAt, Date.now());
  }

  view(): IncidentView {
    const { said } = this;
    return {
      incident: this.name,
      openedAt: new Date(this.openedAt).toISOString(),
      severity: this.severity.name,
      state: this.state,
      affected: this.affected.map(({ name }) => name),
      verdicts: this.verdicts,
      runs: this.runs.map((one) => ({ ...one })),
      updates: this.updates.map((one) => ({ ...one })),
      missedUpdates: this.missed,
      ...(this.scenario === undefined ? {} : { scenario: this.scenario }),
      ...(this.nextUpdateAt === undefined ? {} : { nextUpdateBy: new Date(this.nextUpdateAt).toISOString() }),
      ...(said.declared ? { declared: said.declared } : {}),
      ...(this.reviewDueBy === undefined ? {} : { reviewDueBy: this.reviewDueBy }),
      ...(said.review ? { review: said.review } : {}),
    };
  }

  /** Puts it into the view of the run: in `dr show`, in the Web UI, and at the end in the report. */
  show(): void {
    const { run, severity } = this;
    run.facts('Incident', [
      { label: 'Severity', value: `${severity.name} (${severity.title})` },
      { label: 'State', value: this.state },
      { label: 'Affected', value: this.impact },
      { label: 'Scenario', value: this.scenario ?? 'not chosen' },
      { label: 'Next update by', value: this.nextUpdate ?? 'none is due' },
      { label: 'Missed updates', value: String(this.missed) },
      ...this.runs.map(({ workflowId, ended, stands }) => ({
        label: workflowId,
        value: ended ?? (stands ? `isolated; lifted by ./dr lift ${stands.service} --reason "WHY"` : 'at work'),
      })),
    ]);
    run.facts(
      'Scenarios',
      this.verdicts.map(({ title, likelihood, score, evidence }) => ({
        label: `${title}: ${likelihood} (${score})`,
        value: evidence.map(({ says }) => says).join('; ') || 'nothing is known',
      })),
    );
    this.showTask();
  }

  private showTask(): void {
    const { run, name } = this;
    const { workflowId } = workflowInfo();
    const word = { by: 'YOUR ROLE', reason: 'WHY' };
    const declare = wordCommands(workflowId, `./dr incident declare ${name} --reason "WHY"`, 'declare', word);
    const findings = { by: 'YOUR ROLE', findings: 'WHAT WAS FOUND' };
    switch (this.state) {
      case 'by-hand':
        return run.task({
          text: `people to deal with it, and then to declare it over${this.isolated.length > 0 ? `; isolated until somebody lifts it: ${this.isolated.join(', ')}` : ''}`,
          commands: [...declare, ...this.lifts],
        });
      case 'recovered':
        return run.task({ text: 'somebody to declare the incident over: everything works', commands: declare });
      case 'reviewing':
        return run.task({
          text: `people to review the incident, before ${this.reviewDueBy ?? ''}`,
          commands: wordCommands(
            workflowId,
            `./dr incident review ${name} --findings "WHAT WAS FOUND"`,
            'review',
            findings,
          ),
        });
      case 'open':
      case 'responding':
      case 'closed':
        return run.task(undefined);
    }
  }
}

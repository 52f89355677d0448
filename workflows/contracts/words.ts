/**
 * A run in words: the one wording of states, verdicts, durations and sizes that the terminal and the report share, so that
 * a person never has to wonder whether two of them mean the same. Pure functions of the view.
 */
import type { ProcedureName } from './names';
import { endStates, type Problem, type RunState, type RunView, type StepView } from './run-view';

/** `840 ms`, `12.4 s`, `3 min 12 s`, `2 h 05 min`, `3 d 4 h`. @param ms milliseconds; negative counts as 0 */
export function duration(ms: number): string {
  const value = Math.max(0, ms);
  if (value < 1000) return `${Math.round(value)} ms`;
  if (value < 59_950) return `${trimmed((value / 1000).toFixed(1))} s`;
  const seconds = Math.round(value / 1000);
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const trimmed = (number: string): string => number.replace(/\.0$/, '');
const joined = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;

/** `812 B`, `1.5 GB`: powers of ten, as disks are sold and as the plan writes sizes. */
export function bytes(count: number): string {
  if (count < 1000) return `${Math.round(count)} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = count;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 ? Math.round(value) : trimmed(value.toFixed(1))} ${units[unit]}`;
}

/** `99.95 %`, of a whole; cut and never rounded up, so that 100 % is all of it. `not known` where there is no whole. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return 'not known';
  return `${Math.floor((part / whole) * 100_000) / 1000} %`;
}

/** `1 234 567`. */
export const count = (value: number): string => value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

/** A value that may be unknown; says so instead of showing a zero. */
export const known = <T>(value: T | null | undefined, show: (value: T) => string): string =>
  value === null || value === undefined ? 'not known' : show(value);

/** `2026-11-22 17:29:24 UTC`; text that is no time is handed back as it is. */
export function moment(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What a procedure is called, and what one that went through has done to its resource. */
const procedureWords: Record<ProcedureName, { title: string; done: string }> = {
  pointInTimeRecovery: { title: 'point-in-time recovery', done: 'recovered' },
  databaseFailover: { title: 'failover', done: 'failed over' },
  databaseSwitchover: { title: 'switchover', done: 'switched over' },
  reprotectDatabase: { title: 'reprotection', done: 'reprotected' },
  databaseRestart: { title: 'restart', done: 'restarted' },
  serviceRecovery: { title: 'service recovery', done: 'recovered' },
  backupRedis: { title: 'backup', done: 'backed up' },
  restoreRedis: { title: 'restore', done: 'restored' },
  backupDatabase: { title: 'backup', done: 'backed up' },
  restoreTest: { title: 'restore test', done: 'restored to a copy' },
  monthlyRecoveryTest: { title: 'monthly recovery test', done: 'rehearsed' },
  scenarioTest: { title: 'scenario test', done: 'rehearsed' },
  quarterlyRecoveryTest: { title: 'quarterly recovery test', done: 'rehearsed' },
  fullSystemRecovery: { title: 'full-system recovery', done: 'recovered' },
  backupConfiguration: { title: 'backup', done: 'backed up' },
  restoreConfiguration: { title: 'restore', done: 'restored' },
  backupCertificates: { title: 'backup', done: 'backed up' },
  restoreCertificates: { title: 'restore', done: 'restored' },
  guardDatabase: { title: 'guard', done: 'guarded' },
  keepCopy: { title: 'keeping of a copy', done: 'kept' },
  notifyPeople: { title: 'notification', done: 'told' },
  callOnCall: { title: 'on-call chain', done: 'acknowledged' },
  postStatus: { title: 'status page update', done: 'posted' },
  recoveryChecklist: { title: 'recovery checklist', done: 'ticked' },
  reducedFunctionality: { title: 'reduced functionality', done: 'lifted' },
  relieveResources: { title: 'relief of resources', done: 'relieved' },
  siteFailover: { title: 'site failover', done: 'moved to another site' },
  holdDatabase: { title: 'hold on a database', done: 'let go' },
  siteFailback: { title: 'site failback', done: 'brought home' },
  isolateService: { title: 'isolation', done: 'isolated, and released' },
  incidentResponse: { title: 'incident', done: 'closed' },
  readinessCheck: { title: 'readiness check', done: 'looked at' },
  periodicReport: { title: 'periodic report', done: 'written' },
  closeTask: { title: 'closing of a task', done: 'closed' },
};
const wordsOf = (procedure: string): { title: string; done: string } | undefined =>
  (procedureWords as Partial<Record<string, { title: string; done: string }>>)[procedure];

/** Title of a procedure for a person: `point-in-time recovery`; one that this version does not know keeps its name. */
export const procedureTitle = (procedure: string): string => wordsOf(procedure)?.title ?? procedure;

/** `database shandi` for `database.shandi`. */
export const resourceTitle = (resource: string): string => resource.replace('.', ' ');

export const stateWords: Record<RunState, string> = {
  running: 'running',
  watching: 'watching',
  alarm: 'ALARM: a person has to look',
  paused: 'paused',
  'waiting-approval': 'waiting for approval',
  held: 'held at a failed step',
  undoing: 'undoing what it did',
  completed: 'completed',
  refused: 'refused by pre-flight',
  rejected: 'rejected',
  expired: 'expired: nobody answered',
  aborted: 'aborted',
  cancelled: 'cancelled',
  failed: 'failed',
};

/**
 * A pause that the state does not show, because the run waits at a gate or a hold, or still ends a step: who paused it and
 * the line that lets it go on.
 */
export function alsoPaused(view: Pick<RunView, 'pausedBy' | 'state' | 'workflowId'>): string | undefined {
  if (view.pausedBy === undefined || view.state === 'paused' || endStates.has(view.state)) return undefined;
  return `The run is also paused by ${view.pausedBy}: ./dr resume ${view.workflowId} --reason "WHY"`;
}

/** A keeper that was told to end early and removed its copy: that is what it was told for, not a failure. */
export function removedEarly(view: Partial<Pick<RunView, 'procedure' | 'steps'>> & Pick<RunView, 'state'>): boolean {
  if (view.procedure !== 'keepCopy' || !['aborted', 'cancelled'].includes(view.state)) return false;
  const undone = (view.steps ?? []).filter((step) => step.kind === 'undo');
  return undone.length > 0 && undone.every((step) => step.state === 'done');
}

/** Codes of runs that went through and yet reached nobody. */
const unheard = ['DR-NOBODY-TOLD', 'DR-UNACKNOWLEDGED', 'DR-STATUS-PAGE'];

/** The problem of a run that was to reach people and did not; it ended in order, but a person has to act. */
export const unreached = (view: Partial<Pick<RunView, 'problems'>> & Pick<RunView, 'state'>): Problem | undefined =>
  view.state === 'completed' ? view.problems?.find(({ code }) => unheard.includes(code)) : undefined;

/** What a readiness check that went through has found missing; undefined: it is ready, or it is no such check. */
export const notReady = (view: Partial<Pick<RunView, 'problems'>> & Pick<RunView, 'state'>): Problem | undefined =>
  view.state === 'completed' ? view.problems?.find(({ code }) => code === 'DR-NOT-READY') : undefined;

function endOfCheck(view: RunView): Headline {
  const missing = notReady(view);
  const sum = view.facts.find((one) => one.title === 'Readiness')?.facts[0]?.value ?? '';
  return missing
    ? { tone: 'bad', badge: 'not ready', sentence: `Not ready: ${sum}.` }
    : { tone: sum.includes(' 0 warnings') ? 'good' : 'warn', badge: 'ready', sentence: `Ready: ${sum}.` };
}

const people = ['notifyPeople', 'callOnCall', 'postStatus', 'recoveryChecklist'];

/** How a run that dealt with people ended. */
function endOfPeople(view: RunView): Headline {
  const about = `${capital(procedureTitle(view.procedure))} of ${resourceTitle(view.resource)}`;
  const lost = unreached(view);
  if (lost) return { tone: 'bad', badge: 'nobody reached', sentence: `${about}: ${lost.message}.` };
  const outcome = view.facts.find((one) => one.title === 'Outcome')?.facts[0]?.value ?? 'done';
  return {
    tone: view.problems.length > 0 ? 'warn' : 'good',
    badge: wordsOf(view.procedure)?.done ?? 'done',
    sentence: `${about}: ${outcome}.`,
  };
}

/** A report that was written, and what it says first; a task that was closed. */
function endOfReport(view: RunView): Headline {
  const said = view.facts.find((one) => one.title === 'Findings')?.facts.map(({ value }) => value) ?? [];
  const tone = view.problems.length > 0 ? 'warn' : 'good';
  const badge = wordsOf(view.procedure)?.done ?? 'done';
  return { tone, badge, sentence: `${capital(view.summary)}: ${said.join(' ') || `${badge}.`}` };
}

/** How a person should feel about it: `good` needs nothing, `warn` needs a look, `bad` needs work, `busy` goes on. */
export type Tone = 'good' | 'warn' | 'bad' | 'busy';

export interface Headline {
  tone: Tone;
  /** A few words for a badge. */
  badge: string;
  /** One sentence that stands alone. */
  sentence: string;
}

/** The verdict of a run in words. */
export function headline(view: RunView): Headline {
  const what = resourceTitle(view.resource);
  const title = procedureTitle(view.procedure);
  const done = wordsOf(view.procedure)?.done ?? 'recovered';
  const clock = view.objectives;
  switch (view.state) {
    case 'watching':
      return { tone: 'good', badge: 'watching', sentence: `The guard of ${what} watches; all is well.` };
    case 'alarm':
      return {
        tone: 'bad',
        badge: 'ALARM',
        sentence: `The guard of ${what} needs a person: ${view.waitingFor ?? 'see its timeline'}.`,
      };
    case 'running':
    case 'paused':
    case 'waiting-approval':
    case 'held':
    case 'undoing':
      return {
        tone: view.state === 'running' || view.state === 'undoing' ? 'busy' : 'warn',
        badge: stateWords[view.state],
        sentence: `The ${title} of ${what} has not ended: ${stateWords[view.state]}.`,
      };
    case 'refused':
      return {
        tone: 'warn',
        badge: 'refused',
        sentence: `Pre-flight refused to begin the ${title} of ${what}. Nothing was changed.`,
      };
    case 'rejected':
    case 'expired':
    case 'aborted':
    case 'cancelled': {
      if (removedEarly(view)) {
        return {
          tone: 'good',
          badge: 'copy removed',
          sentence: `The copy was removed before its time, because its keeper was ${view.state}.`,
        };
      }
      if (view.procedure === 'guardDatabase' && ['aborted', 'cancelled'].includes(view.state)) {
        return { tone: 'warn', badge: 'stopped', sentence: `The guard of ${what} was stopped; it watches no more.` };
      }
      const failed = view.steps.filter(
        (step) => step.kind === 'undo' && ['failed', 'skipped'].includes(step.state),
      ).length;
      const why = {
        rejected: 'was rejected at the gate',
        expired: 'ended because nobody answered the gate in time',
        aborted: 'was aborted',
        cancelled: 'was cancelled',
      }[view.state];
      if (clock?.verifiedAt) {
        return {
          tone: 'bad',
          badge: `${done}, then ${view.state}`,
          sentence: `${capital(what)} was ${done} and verified, but the run ${why} before it was made safe again: see which steps are missing.`,
        };
      }
      return {
        tone: failed > 0 ? 'bad' : 'warn',
        badge: view.state,
        sentence: `The ${title} of ${what} ${why}; ${failed > 0 ? `${failed} of its undo steps were not done, see below` : 'what it had done was undone'}.`,
      };
    }
    case 'failed':
      return { tone: 'bad', badge: 'failed', sentence: `The ${title} of ${what} failed.` };
    case 'completed':
      break;
  }
  switch (view.verdict) {
    case 'checked':
      return {
        tone: 'good',
        badge: 'check passed',
        sentence: `Pre-flight found no reason against recovering ${what}. Nothing was changed.`,
      };
    case 'copied':
      return {
        tone: 'good',
        badge: 'copy ready',
        sentence: `A copy of ${what} stands ready for inspection. ${touched(view)}`,
      };
    case 'met':
      return {
        tone: 'good',
        badge: 'objectives met',
        sentence: `${capital(what)} was ${done} and verified${took(clock?.achievedRto)}, within its objectives${unwitnessed(view)}.`,
      };
    case 'missed':
      return {
        tone: 'bad',
        badge: 'objectives missed',
        sentence: `${capital(what)} was ${done} and verified${took(clock?.achievedRto)}, but ${missed(view)}${unwitnessed(view)}.`,
      };
    case 'unproven':
      return {
        tone: 'warn',
        badge: 'loss not proven',
        sentence: `${capital(what)} was ${done} and verified${took(clock?.achievedRto)}, in time, but how much was lost could not be measured${unwitnessed(view)}.`,
      };
    case 'none':
      if (people.includes(view.procedure)) return endOfPeople(view);
      if (view.procedure === 'readinessCheck') return endOfCheck(view);
      if (view.procedure === 'periodicReport' || view.procedure === 'closeTask') return endOfReport(view);
      // A reprotection has no objectives to be judged by; what it left out is among its problems.
      return view.procedure === 'reprotectDatabase' && view.problems.length === 0
        ? { tone: 'good', badge: 'reprotected', sentence: `${capital(what)} was reprotected: its standbys follow.` }
        : { tone: 'warn', badge: 'completed', sentence: `The ${title} of ${what} ended.` };
  }
}

/** Title of the step by which a recovery writes to the live database before anything is approved. */
export const newestWalStep = 'Bring the newest WAL into the archive';

/** What a copy left on the live database: nothing, unless its target needed WAL that only that server had. */
const touched = (view: RunView): string =>
  view.steps.some((one) => one.title === newestWalStep)
    ? 'The live database got a restore point, one heartbeat row and a WAL switch, and goes on.'
    : 'Nothing was written to the live database.';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const took = (ms: number | undefined): string => (ms === undefined ? '' : ` in ${duration(ms)}`);

/** Whether those outside were asked and stayed silent; a plan without witnesses says nothing of them. */
function unwitnessed(view: RunView): string {
  const asked = view.facts.filter((one) => one.title.startsWith('Witness '));
  const silent = asked.filter((one) =>
    one.facts.some(({ label, value }) => label === 'Verdict' && value === 'did not answer'),
  );
  if (silent.length === 0) return '';
  if (silent.length < asked.length)
    return `; ${silent.map((one) => one.title.replace('Witness', 'witness')).join(', ')} did not answer`;
  return '; no witness answered, so the data was not compared from outside';
}

function missed(view: RunView): string {
  const clock = view.objectives;
  const parts = [
    ...(clock?.rtoMet === false ? [`recovery time was over the ${duration(clock.rto)} of tier ${clock.tier}`] : []),
    ...(clock?.rpoMet === false ? [`data loss was over the ${duration(clock.rpo)} of tier ${clock.tier}`] : []),
  ];
  return parts.length > 0 ? parts.join(' and ') : 'an objective was missed';
}

/** How long a step took, or has taken so far. Milliseconds. */
export const stepTime = (step: StepView, now: number): number =>
  (step.endedAt ? Date.parse(step.endedAt) : now) - Date.parse(step.startedAt);

/** Spans in which the run could do nothing but wait for a person. */
export interface HumanWait {
  from: string;
  to: string;
  why: string;
}

/**
 * Gates from opening to answer, and holds and pauses from the word that began them to the word of a person that ended
 * them. Holds and pauses are read off the timeline, which is all that a finished run keeps of them.
 */
export function humanWaits(view: RunView, end: string): HumanWait[] {
  const waits: HumanWait[] = view.gates.map((gate) => ({
    from: gate.card.openedAt,
    to: gate.closedAt ?? gate.answer?.at ?? end,
    why: `gate ${gate.name}`,
  }));
  view.timeline.forEach((entry, index) => {
    const paused = entry.kind === 'person' && entry.text.startsWith('paused by ');
    if (entry.kind !== 'hold' && !paused) return;
    // Each is ended by its own word only: a pause may begin and end while a step is held.
    const ends = paused ? /^(resumed|abort) / : /^(retry|skip|abort) /;
    const answer = view.timeline.slice(index + 1).find((later) => later.kind === 'person' && ends.test(later.text));
    waits.push({ from: entry.at, to: answer?.at ?? end, why: paused ? 'paused' : 'hold' });
  });
  return waits.sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
}

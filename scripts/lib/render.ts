/** A run as text for the terminal; what `show` prints once and `watch` draws again and again. */
import { isAbsolute, join, relative } from 'node:path';
import { drHome } from '../../activities/shared/paths';
import type { CardView, Fact, RunView, StepView } from '../../workflows/contracts/run-view';
import { endStates } from '../../workflows/contracts/run-view';
import {
  alsoPaused,
  duration,
  headline,
  moment,
  procedureTitle,
  stateWords,
  stepTime,
} from '../../workflows/contracts/words';
import type { Look } from './look';
import { plainLine, type Paint } from './paint';
import { progressLine } from './progress';
import { guardLines, guardTodo } from './render-guard';
import { taskFacts, taskTodo } from './render-task';
import { textTable } from './table';

export interface RenderOptions {
  paint: Paint;
  /** Milliseconds since 1970; the moment running steps are measured to. */
  now: number;
  /** Steps shown at most, the newest; default all. */
  steps?: number;
}

const signs: Record<StepView['state'], string> = { running: '▸', done: '✓', failed: '✗', skipped: '–' };

function stepLine(step: StepView, { paint, now }: RenderOptions): string {
  const short = fellShort(step);
  const tone = short
    ? paint.warn
    : { running: paint.busy, done: paint.good, failed: paint.bad, skipped: paint.warn }[step.state];
  const said = step.state === 'running' ? '' : (step.error?.message ?? step.outcome ?? '');
  const tries = step.attempts > 1 ? ` (try ${step.attempts})` : '';
  const head = `${tone(short ? '!' : signs[step.state])} ${String(step.number).padStart(2)} ${step.title}${tries}`;
  return `${head}  ${paint.soft(duration(stepTime(step, now)))}${said ? `  ${paint.soft(said.split('\n')[0] ?? '')}` : ''}`;
}

/** The look was done, but what it found is that the target cannot be had: no tick for that. */
const fellShort = ({ state, title, outcome = '' }: StepView): boolean =>
  state === 'done' && title.startsWith('Check that the archive reaches') && /^no\b/.test(outcome);

/** `██████░░░░` */
function bar(part: number, width = 24): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** The clock against the RTO, in one line; undefined for a run without objectives. */
export function clockLine(view: RunView, { paint, now }: RenderOptions): string | undefined {
  const clock = view.objectives;
  if (!clock) return undefined;
  const goesOn = clock.verifiedAt === undefined && !endStates.has(view.state);
  // The view was made a moment ago; while the clock runs, the terminal shows this moment.
  const elapsed = goesOn ? Math.max(clock.elapsed, now - Date.parse(clock.declaredAt)) : clock.elapsed;
  const over = elapsed > clock.rto;
  const tone = over ? paint.bad : elapsed > clock.rto * 0.75 ? paint.warn : paint.good;
  const rest = clock.verifiedAt
    ? 'verified'
    : over
      ? `${duration(elapsed - clock.rto)} over`
      : goesOn
        ? `${duration(clock.rto - elapsed)} left`
        : 'not verified';
  const loss = clock.achievedRpo === undefined ? '' : `; loss ${duration(clock.achievedRpo)} of ${duration(clock.rpo)}`;
  return `${tone(bar(elapsed / clock.rto))} ${duration(elapsed)} of RTO ${duration(clock.rto)} (${clock.tier}), ${rest}; people ${duration(clock.human)}${loss}`;
}

/** The open card for a terminal: what will happen, what is lost, what was measured, and the lines to type. */
export function renderCard(card: CardView, paint: Paint): string[] {
  const facts = (all: { label: string; value: string }[]): string[] =>
    all.map((one) => `    ${one.label}: ${one.value}`);
  return [
    paint.bold(`Card ${card.hash}: ${card.title}`),
    '  Will happen',
    ...card.will.map((line, index) => `    ${index + 1}. ${line}`),
    '  Lost',
    ...facts(card.loss),
    ...(card.facts.length > 0 ? ['  Measured', ...facts(card.facts)] : []),
    ...card.tables.flatMap((one) => [
      `  ${one.title}`,
      ...textTable(one.columns, one.rows).map((line) => `    ${line}`),
    ]),
    ...card.warnings.map((line) => paint.warn(`  ! ${line}`)),
    `  Open until ${moment(card.expiresAt)}; then ${card.onExpiry}. May approve: ${card.approvers.join(', ')}.`,
    `  ${card.commands.approve}`,
    `  ${card.commands.reject}`,
    `  plain temporal: ${card.commands.temporal}`,
  ];
}

/** What a person has to do now, if anything. */
export function renderTodo(view: RunView, paint: Paint): string[] {
  const lines: string[] = [];
  if (view.hold) {
    lines.push(
      paint.warn(`Held at step ${view.hold.step}, ${view.hold.title}: ${view.hold.problem.code}`),
      `  ${view.hold.problem.message}`,
      ...(view.hold.problem.next ? [`  ${view.hold.problem.next}`] : []),
      ...view.hold.commands.map(
        (command) => `  ${command.startsWith('temporal ') ? `plain temporal: ${command}` : command}`,
      ),
    );
  }
  const open = view.gates.find((gate) => gate.state === 'open');
  if (open) lines.push(...renderCard(open.card, paint));
  const paused = alsoPaused(view);
  if (paused) lines.push(paint.warn(paused));
  lines.push(...guardTodo(view), ...taskTodo(view));
  if (view.state === 'paused') lines.push(`Paused. Go on with: ./dr resume ${view.workflowId} --reason "WHY"`);
  return lines;
}

/** How it ended: the verdict, what went wrong and what to do, where the evidence lies. */
export function endLines(view: RunView, paint: Paint): string[] {
  const words = headline(view);
  const tone = { good: paint.good, warn: paint.warn, bad: paint.bad, busy: paint.busy }[words.tone];
  return [
    '',
    tone(words.sentence),
    ...handOver(view).map((one) => `  ${one.label}: ${one.value}`),
    ...view.problems.flatMap((one) => [`  ${one.code}: ${one.message}`, ...(one.next ? [`    ${one.next}`] : [])]),
    ...view.evidence.map((one) => paint.soft(`  ${one.title}: ${here(one.path)}`)),
  ];
}

/** A path of the state folder as it is reached from where the command was typed. */
function here(path: string): string {
  const full = isAbsolute(path) ? path : join(drHome(), path);
  const near = relative(process.cwd(), full);
  return near.startsWith('..') ? full : near;
}

/** What a copy or a check was made for: how to reach the copy, or what a recovery would start from and how long it takes. */
function handOver(view: RunView): Fact[] {
  const factsOf = (title: string): Fact[] => view.facts.find((one) => one.title === title)?.facts ?? [];
  if (view.verdict === 'checked')
    return factsOf('Pre-flight').filter(({ label }) => ['Predicted duration', 'Backup'].includes(label));
  if (view.verdict !== 'copied') return [];
  return factsOf('Hand over').flatMap((one) => {
    const dump = one.value.replace(/ psql (\S+)$/, ' pg_dump -t TABLE $1 > TABLE.sql');
    return dump === one.value ? [one] : [one, { label: 'Take one table with', value: dump }];
  });
}

/** Lines for a terminal, without control characters of the data in them. */
export function renderLook(look: Look, options: RenderOptions): string[] {
  const { paint } = options;
  const lines: string[] = [];
  const { view } = look;
  if (!view) {
    lines.push(`${paint.bold(look.workflowId)}  ${look.status.toLowerCase()}`);
  } else {
    const state =
      view.state === 'alarm'
        ? paint.bad
        : view.state === 'waiting-approval' || view.state === 'held'
          ? paint.warn
          : paint.bold;
    const title = procedureTitle(view.procedure);
    lines.push(
      `${paint.bold(view.resource)}  ${title}${title.startsWith(view.mode) ? '' : ` (${view.mode})`}  ${state(stateWords[view.state])}${alsoPaused(view) ? paint.warn(`, paused by ${view.pausedBy}`) : ''}`,
      view.summary,
      paint.soft(`${view.workflowId}  run ${view.runId}  began ${moment(view.startedAt)}`),
    );
    const clock = clockLine(view, options);
    if (clock) lines.push(clock);
    let phase = '';
    const shown = view.steps.slice(-(options.steps ?? view.steps.length));
    if (shown.length < view.steps.length) lines.push(paint.soft(`… ${view.steps.length - shown.length} earlier steps`));
    for (const step of shown) {
      if (step.phase !== phase) lines.push(paint.bold((phase = step.phase)));
      lines.push(`  ${stepLine(step, options)}`);
    }
    lines.push(...guardLines(view, paint), ...taskFacts(view, paint));
  }
  for (const one of look.pending) {
    if (one.progress) lines.push(`     ${paint.busy(progressLine(one.progress))}`);
    if (one.attempt > 1)
      lines.push(
        `     ${paint.warn(`${one.activity}: try ${one.attempt}${one.lastFailure ? `; before: ${one.lastFailure}` : ''}`)}`,
      );
  }
  if (look.fault) lines.push(paint.bad(`Fault: ${look.fault}`));
  if (look.failure) lines.push(paint.bad(`Failed: ${look.failure}`));
  if (look.blind) lines.push(paint.warn(`Blind: ${look.blind}`));
  if (view) {
    if (view.waitingFor)
      lines.push('', view.state === 'alarm' ? paint.bad(`Alarm: ${view.waitingFor}`) : `Waits for: ${view.waitingFor}`);
    for (const { workflowId, waitingFor } of view.waitsOn ?? [])
      lines.push('', paint.warn(`${workflowId} waits for a person: ${waitingFor}`), `  ./dr show ${workflowId}`);
    lines.push(...renderTodo(view, paint));
    if (endStates.has(view.state)) lines.push(...endLines(view, paint));
  }
  return lines.flatMap((line) => line.split('\n')).map((line) => plainLine(line, paint.bold('') !== ''));
}

import { alsoPaused, duration } from '../contracts/words';
import type { CardView, RunView } from '../contracts/run-view';

/** Keeps a table a table, whatever a value holds. */
const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');

function renderCard(card: CardView): string[] {
  return [
    `### ${card.title}`,
    '',
    '**What will happen**',
    ...card.will.map((line, index) => `${index + 1}. ${line}`),
    '',
    '**What is lost**',
    ...card.loss.map((fact) => `- ${fact.label}: ${fact.value}`),
    '',
    ...card.tables.flatMap((table) => [
      `**${table.title}**`,
      '',
      `| ${table.columns.map(cell).join(' | ')} |`,
      `| ${table.columns.map(() => '---').join(' | ')} |`,
      ...table.rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
      '',
    ]),
    ...card.facts.map((fact) => `- ${fact.label}: ${fact.value}`),
    ...card.warnings.map((line) => `- **Mind:** ${line}`),
    '',
    `Card \`${card.hash}\`, open until ${card.expiresAt}; then: ${card.onExpiry}. May approve: ${card.approvers.join(', ')}.`,
    '',
    '```sh',
    card.commands.approve,
    card.commands.reject,
    '# or with the stock CLI',
    card.commands.temporal,
    '```',
  ];
}

/**
 * The run as Markdown for Temporal's "current details": what a person at 3 a.m. needs first comes first: state, what it
 * waits for, the line to type, the clock.
 */
export function renderDetails(view: RunView): string {
  const lines = [`**${view.state}** in phase **${view.phase}**: ${view.summary}`, ''];
  if (view.waitingFor) lines.push(`Waits for: ${view.waitingFor}`, '');
  for (const { workflowId, waitingFor } of view.waitsOn ?? [])
    lines.push(`**${workflowId} waits for a person**: ${waitingFor}`, '', `    ./dr show ${workflowId}`, '');
  const paused = alsoPaused(view);
  if (paused) lines.push(`**${paused}**`, '');
  if (view.objectives) {
    const clock = view.objectives;
    lines.push(
      `Clock: ${duration(clock.elapsed)} of RTO ${duration(clock.rto)} (tier ${clock.tier}), of which ${duration(clock.human)} waiting for people${clock.verifiedAt ? '; stopped, verified' : ''}.`,
      '',
    );
  }
  if (view.hold) {
    lines.push(
      `### Held at step ${view.hold.step}: ${view.hold.title}`,
      '',
      `${view.hold.problem.code}: ${view.hold.problem.message}`,
      '',
      view.hold.problem.next ?? '',
      '',
      '```sh',
      ...view.hold.commands,
      '```',
      '',
    );
  }
  const open = view.gates.find((gate) => gate.state === 'open');
  if (open) lines.push(...renderCard(open.card), '');
  if (view.task) lines.push('```sh', ...view.task.commands, '```', '');
  if (view.state === 'watching' || view.state === 'alarm' || view.task) {
    for (const { title, facts } of view.facts)
      lines.push(`### ${title}`, ...facts.map((fact) => `- ${fact.label}: ${fact.value}`), '');
  }
  for (const problem of view.problems) lines.push(`- **${problem.code}**: ${problem.message} ${problem.next ?? ''}`);
  lines.push('', '| # | step | state | outcome |', '| --- | --- | --- | --- |');
  for (const step of view.steps.slice(-20)) {
    lines.push(
      `| ${step.number} | ${cell(step.title)} | ${step.state} | ${cell(step.error?.message ?? step.outcome ?? '')} |`,
    );
  }
  return lines.join('\n');
}

/** The parts of a report that are told in words and tables. A part that has nothing to say is left out. */
import type { Fact, GateView, Problem, Report, RunView } from '../../../workflows/contracts/run-view';
import { duration, moment, stepTime } from '../../../workflows/contracts/words';
import { html, type Markup } from '../../shared/html/html';
import { factList, section, table } from './parts';

/** The card that was decided on last: what was lost and kept, as the person who decided saw it. */
export function lossSection(view: RunView): Markup | undefined {
  const gate = view.gates.findLast((one) => one.state === 'approved') ?? view.gates.at(-1);
  if (!gate) return undefined;
  const { card } = gate;
  const title = gate.state === 'approved' ? 'What was lost and what was kept' : 'What would have been lost and kept';
  return section(
    'loss',
    title,
    html`<p class="note">
      As measured on card <code>${card.hash}</code>, opened ${moment(card.openedAt)}: ${card.title}.
    </p>`,
    html`<div class="two">
      <div>
        <h3>Lost</h3>
        ${factList([...card.loss, ...finalLoss(view)])}
      </div>
      <div>
        <h3>Measured on the copy</h3>
        ${factList(card.facts)}
      </div>
    </div>`,
    html`${card.tables.map((one) => html`<div class="spaced">${table(one.title, one.columns, one.rows)}</div>`)}`,
    html`<div class="two">
      <div>
        <h3>${gate.state === 'approved' ? 'What was agreed to' : 'What was proposed'}</h3>
        <ol>
          ${card.will.map((line) => html`<li>${line}</li> `)}
        </ol>
      </div>
      ${
        card.warnings.length > 0 &&
        html`<div>
          <h3>To bear in mind</h3>
          <ul>
            ${card.warnings.map((line) => html`<li>${line}</li> `)}
          </ul>
        </div>`
      }
    </div>`,
  );
}

/** The card is as old as the decision; what was lost is counted once more when the clients can add nothing to it. */
function finalLoss(view: RunView): Fact[] {
  const value = view.steps.findLast((step) => step.title === 'Measure the final loss' && step.outcome)?.outcome;
  return value === undefined ? [] : [{ label: 'Final, when the clients were paused', value }];
}

const gateWords: Record<GateView['state'], [tone: string, words: string]> = {
  open: ['warn', 'open'],
  approved: ['good', 'approved'],
  rejected: ['bad', 'rejected'],
  expired: ['bad', 'expired'],
  void: ['warn', 'void'],
  retargeted: ['warn', 'another target chosen'],
};

/** Every gate with its answer: who, when, why, and what voided an approval. @param end UTC, end of the run or now */
export function approvalsSection(view: RunView, end: string): Markup | undefined {
  if (view.gates.length === 0) return undefined;
  return section(
    'approvals',
    'Decisions',
    html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Gate and card</th>
            <th scope="col">Decision</th>
            <th scope="col">By</th>
            <th scope="col">Why</th>
            <th scope="col">When</th>
            <th scope="col" class="num">Waited</th>
          </tr>
        </thead>
        <tbody>
          ${view.gates.map((gate) => {
            const [tone, words] = gateWords[gate.state];
            const waited = Date.parse(gate.closedAt ?? gate.answer?.at ?? end) - Date.parse(gate.card.openedAt);
            return html`<tr>
              <td>${gate.name}<br /><code>${gate.card.hash}</code></td>
              <td>
                <span class="badge ${tone}">${words}</span>${
                  gate.voided && html`<br /><span class="note">${gate.voided}</span>`
                }
              </td>
              <td>${gate.answer ? gate.answer.by : '–'}${gate.answer?.via === 'policy' && ' (policy)'}</td>
              <td>${gate.answer?.reason ?? gate.card.onExpiry}</td>
              <td class="when">${moment(gate.answer?.at ?? gate.closedAt ?? gate.card.openedAt)}</td>
              <td class="num">${duration(waited)}</td>
            </tr> `;
          })}
        </tbody>
      </table>
    </div>`,
    html`<p class="note">
      Asked for: ${[...new Set(view.gates.flatMap((gate) => gate.card.approvers))].join(', ') || 'nobody by name'}. The
      name under “By” is what the person said; it is proof of identity only where the Temporal server authenticates its
      callers.
    </p>`,
  );
}

const problem = (one: Problem, where?: string): Markup =>
  html`<div class="problem">
    <p><strong>${one.code}</strong>${where && html` <span class="note">${where}</span>`}</p>
    <p>${one.message}</p>
    ${one.next && html`<p class="note">What to do: ${one.next}</p>`}
  </div> `;

/** Failures, holds and retries; undefined when there were none. A problem is told once, with the step it came from. */
export function problemsSection(view: RunView): Markup | undefined {
  const failed = view.steps.filter((step) => step.error && step.state !== 'done');
  const told = new Set(view.problems.map((one) => one.message));
  const extra = failed.filter((step) => !told.has(step.error!.message));
  const retried = view.steps.filter((step) => step.attempts > 1);
  if (view.problems.length + extra.length + retried.length === 0 && !view.hold) return undefined;
  return section(
    'problems',
    'Problems and holds',
    html`${view.hold && problem(view.hold.problem, `held at step ${view.hold.step} since ${moment(view.hold.since)}: ${view.hold.title}`)}
    ${view.problems.map((one) => problem(one))}
    ${extra.map((step) => problem(step.error!, `step ${step.number}: ${step.title}`))}`,
    retried.length > 0
      ? html`<ul>
          ${retried.map(
            (step) =>
              html`<li>Step ${step.number}, ${step.title}: ${step.attempts} tries, in the end ${step.state}.</li> `,
          )}
        </ul>`
      : undefined,
  );
}

const kindWords = {
  probe: 'read',
  change: 'change',
  irreversible: 'final',
  gate: 'decision',
  child: 'run',
  undo: 'undo',
};
const stateTone = { running: 'busy', done: 'good', failed: 'bad', skipped: 'warn' };

/** Every step, under its phase. @param end UTC: until when a step that has not ended has taken */
export function stepsSection(view: RunView, end: string): Markup | undefined {
  if (view.steps.length === 0) return undefined;
  let phase = '';
  return section(
    'steps',
    'Every step',
    html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="num">#</th>
            <th scope="col">Step</th>
            <th scope="col">Kind</th>
            <th scope="col">Found or done</th>
            <th scope="col">State</th>
            <th scope="col" class="num">Took</th>
          </tr>
        </thead>
        <tbody>
          ${view.steps.map((step) => {
            const heading =
              step.phase === phase
                ? undefined
                : html`<tr class="phase">
                    <th colspan="6" scope="rowgroup">${step.phase}</th>
                  </tr> `;
            phase = step.phase;
            const undo =
              step.undo === 'done' || step.undo === 'failed'
                ? html`<br /><span class="note">undo ${step.undo}</span>`
                : '';
            return html`${heading}
              <tr>
                <td class="num">${step.number}</td>
                <td>${step.title}</td>
                <td class="when">${kindWords[step.kind]}</td>
                <td>${step.outcome ?? step.error?.message ?? ''}</td>
                <td><span class="badge ${stateTone[step.state]}">${step.state}</span>${undo}</td>
                <td class="num">${duration(stepTime(step, Date.parse(end)))}</td>
              </tr> `;
          })}
        </tbody>
      </table>
    </div>`,
  );
}

/** What was measured, by title; undefined when nothing was. */
export function factsSection(view: RunView): Markup | undefined {
  if (view.facts.length === 0) return undefined;
  return section(
    'facts',
    'Facts',
    html`${view.facts.map(
      (one) =>
        html`<h3>${one.title}</h3>
          ${factList(one.facts)}`,
    )}`,
  );
}

/** The timeline, word for word and folded away; undefined while it is empty. */
export function logSection(view: RunView): Markup | undefined {
  if (view.timeline.length === 0) return undefined;
  return section(
    'log',
    'What happened, word for word',
    html`<details open>
      <summary>${view.timeline.length} entries</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">UTC</th>
              <th scope="col">Kind</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            ${view.timeline.map(
              (entry) =>
                html`<tr>
                  <td class="when">${entry.at.slice(11, 23)}</td>
                  <td class="when">${entry.kind}</td>
                  <td>${entry.text}</td>
                </tr> `,
            )}
          </tbody>
        </table>
      </div>
    </details>`,
  );
}

/** Files that were kept, with their checksums, and the result of the procedure as it returned it. */
export function evidenceSection(report: Report): Markup {
  const { view, result } = report;
  return section(
    'evidence',
    'Evidence',
    html`<p class="note">
      Paths are relative to the state folder of the control plane. A file is unchanged if its SHA-256 is the one written
      here.
    </p>`,
    view.evidence.length > 0
      ? html`<dl class="facts">
          ${view.evidence.map(
            (one) =>
              html`<dt>${one.title}</dt>
                <dd><code>${one.path}</code><br /><code>${one.sha256}</code></dd> `,
          )}
        </dl>`
      : html`<p>This run kept no files beside its report.</p>`,
    html`<h3>History</h3>
      <p>
        The run is a Temporal workflow; while the server keeps it, its whole history can be read with<br />
        <code>temporal workflow show -w ${view.workflowId} -r ${view.runId}</code>
      </p>`,
    html`<details>
      <summary>Result of the procedure in its own terms</summary>
      <pre>${JSON.stringify(result, undefined, 2)}</pre>
    </details>`,
  );
}

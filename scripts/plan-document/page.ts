import { css } from '../../activities/evidence/html/css';
import { factList, section, table } from '../../activities/evidence/html/parts';
import { html, trusted, type Markup } from '../../activities/shared/html/html';
import type { Proof } from '../../workflows/contracts/proof';
import { moment } from '../../workflows/contracts/words';
import type { Block, PlanDocument } from './blocks';
import { stateWords } from './words';

/** The document as one self-contained page: no script, nothing fetched, readable on paper. */
export function toPage({ title, lead, about, sections }: PlanDocument): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${trusted(css)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="eyebrow">Recovery plan</p>
            <h1>${title}</h1>
            <p class="lead">${lead}</p>
            ${factList(about.map(([label, value]) => ({ label, value })))}
          </header>
          ${sections.map((one) => section(one.id, one.title, html`${one.blocks.map(block)}`))}
          <footer>Rendered from the plan and from the reports of its runs. Times are UTC.</footer>
        </main>
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}

function block(one: Block): Markup {
  switch (one.kind) {
    case 'text':
      return html`<p>${words(one.text)}</p> `;
    case 'list':
      return html`${one.title && html`<h3>${one.title}</h3> `}
        <ul>
          ${one.items.map((item) => html`<li>${words(item)}</li> `)}
        </ul> `;
    case 'table':
      return html`<div class="spaced">${table(one.title ?? '', one.columns, one.rows)}</div> `;
    case 'proofs':
      return proofs(one.proofs);
  }
}

/** A command between backticks is shown as one. */
const words = (text: string): Markup =>
  html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;

function proofs(all: Proof[]): Markup {
  return html`<h3>What is proven</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Claim</th>
            <th scope="col">State</th>
            <th scope="col">Run</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(
            ({ says, state, run, because, prove }) =>
              html`<tr>
                <td>${says}</td>
                <td><span class="badge ${stateWords[state].tone}">${stateWords[state].words}</span></td>
                <td>
                  ${run ? html`${run.workflowId}<br /><code>${run.runId}</code><br />${moment(run.endedAt)}` : '–'}
                </td>
                <td>
                  ${because}${state !== 'verified' && html`<br /><span class="note">Proven by: <code>${prove}</code></span>`}
                </td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div> `;
}

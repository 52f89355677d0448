/** Small pieces that several sections use. */
import type { Fact } from '../../../workflows/contracts/run-view';
import { html, type Markup } from '../../shared/html/html';

/** A titled section; its heading is also its name for a screen reader. */
export function section(id: string, title: string, ...body: (Markup | undefined)[]): Markup {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section> `;
}

/** Facts as a list of terms: label, then value. */
export function factList(facts: Fact[]): Markup {
  return html`<dl class="facts">
    ${facts.map(
      (fact) =>
        html`<dt>${fact.label}</dt>
          <dd>${fact.value}</dd> `,
    )}
  </dl>`;
}

// A figure is set right-aligned, so that digits stand under digits.
const isNumber = (text: string): boolean => /^[+\-−]?\d[\d  .,]*\d?( ?[a-zA-Z%]{1,3})?$/.test(text.trim());

/**
 * A table with its title as caption; columns of figures are set to the right.
 * @param rows cells as text, one array per row, in the order of `columns`
 */
export function table(title: string, columns: string[], rows: string[][]): Markup {
  const numeric = columns.map(
    (_name, index) => rows.length > 0 && index > 0 && rows.every((row) => isNumberOrNote(row[index])),
  );
  const kind = (index: number): Markup | undefined => (numeric[index] ? html` class="num"` : undefined);
  return html`<div class="scroll">
    <table>
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          ${columns.map((name, index) => html`<th scope="col" ${kind(index)}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((value, index) => html`<td ${kind(index)}>${value}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Numbers, dashes, and numbers with a remark such as `0 (dropped)`. */
const isNumberOrNote = (text: string | undefined): boolean =>
  text === undefined || text === '' || /^([-–—?]|not known)$/.test(text) || isNumber(text.replace(/\s*\([^)]*\)$/, ''));

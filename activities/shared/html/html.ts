/**
 * Markup that cannot forget to escape: whatever is put into a template of `html` is escaped, unless it is markup that
 * `html` itself made. A report quotes error texts, table names and reasons people typed; all of them are data.
 */

/** Made by `html` only. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Part = string | number | Markup | undefined | false | readonly Part[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
// Control characters other than tab and newline are not allowed in HTML; a log line may hold them.
// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

const escape = (text: string): string =>
  text.replace(forbidden, '\uFFFD').replace(/[&<>"']/g, (character) => entities[character] ?? character);

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escape(String(part));
}

/** Template tag: text, numbers and lists are escaped, markup goes in as it is, `undefined` and `false` leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((text, index) => text + render(parts[index])).join(''));
}

/** For style sheets written in this folder; never for data. */
export const trusted = (text: string): Markup => new Markup(text);

/** Filling a template: `{{name}}` and nothing else. Values are data: what they hold is never read as a template. */

const placeholder = /\{\{\s*([A-Za-z][A-Za-z0-9_-]*)\s*\}\}/g;

/** Names a text asks for, each once. */
export const placeholders = (text: string): string[] => [
  ...new Set([...text.matchAll(placeholder)].map(([, name]) => name ?? '')),
];

/**
 * Puts values in the place of their names, in one pass.
 * @returns the text, or the names that have no value
 */
export function fill(text: string, values: Readonly<Record<string, string>>): { text: string } | { missing: string[] } {
  const missing = placeholders(text).filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0) return { missing };
  return { text: text.replace(placeholder, (_all, name: string) => values[name] ?? '') };
}

// Other control characters than tab and newline mean nothing to a person, and much to a terminal.
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A value without control characters. */
export const plain = (value: string): string => value.replace(/\r\n?/g, '\n').replace(control, '\uFFFD');

/** One line: for a subject, which must not become a header of its own, and for an SMS. */
export const oneLine = (value: string): string => plain(value).replace(/\s+/g, ' ').trim();

/** Slack reads `<…>` as mention or link and `&` as entity (Slack, "Formatting text"): a value may page nobody. */
export const slackText = (value: string): string =>
  plain(value).replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[one] ?? one);

/** Cuts to a length, by characters as people count them. */
export function cut(text: string, length: number): string {
  const all = [...text];
  return all.length <= length ? text : `${all.slice(0, Math.max(0, length - 3)).join('')}...`;
}

/** Colour for a terminal; without colour every function hands its text back. */
export interface Paint {
  bold: (text: string) => string;
  soft: (text: string) => string;
  good: (text: string) => string;
  warn: (text: string) => string;
  bad: (text: string) => string;
  busy: (text: string) => string;
}

const wrap =
  (on: boolean, code: number) =>
  (text: string): string =>
    on ? `\u001b[${code}m${text}\u001b[0m` : text;

/** Colours by meaning, or none. @param on false: every text comes back as it is */
export const paint = (on: boolean): Paint => ({
  bold: wrap(on, 1),
  soft: wrap(on, 2),
  good: wrap(on, 32),
  warn: wrap(on, 33),
  bad: wrap(on, 31),
  busy: wrap(on, 36),
});

/** Control characters of error texts and table names must not drive the terminal. */
// eslint-disable-next-line no-control-regex
export const plainText = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD');

/** A finished line: our own colours survive, anything else that drives a terminal does not. */
export function plainLine(line: string, colour: boolean): string {
  if (!colour) return plainText(line);
  return (
    line
      // eslint-disable-next-line no-control-regex
      .split(/(\u001b\[\d+m)/)
      .map((part, index) => (index % 2 === 1 ? part : plainText(part)))
      .join('')
  );
}

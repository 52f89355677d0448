/** The first dotted number in a text, e.g. `temporal version 1.8.2 (Server …)` → [1, 8, 2]; undefined when there is none. */
export function parseVersion(text: string): number[] | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match?.slice(1).map((part) => Number(part ?? 0));
}

/** Whether the version inside `text` is `minimum` or newer. A text without a version is never new enough. */
export function atLeast(text: string, minimum: string): boolean {
  const found = parseVersion(text);
  const wanted = parseVersion(minimum);
  if (!found || !wanted) return false;
  for (let i = 0; i < wanted.length; i++) {
    const difference = (found[i] ?? 0) - (wanted[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** The version inside a text as written in it (`1.8.2`), or the trimmed text itself where there is none. */
export function versionIn(text: string): string {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0] ?? text.trim();
}

import { readFile } from 'node:fs/promises';
import { keptPlan } from '../../activities/evidence/kept-plans';
import type { Plan } from '../../plan';
import { changesBetween } from './changes';

/** Hash of the plan that a rendered document, Markdown or HTML, was made of; undefined: it is no such document. */
export const hashIn = (document: string): string | undefined =>
  /Hash of the plan(?:\*\*:|<\/dt>\s*<dd>)\s*([0-9a-f]{64})/.exec(document)?.[1];

/**
 * What a plan says otherwise than the version that a document was rendered from.
 * @returns undefined when the file is not there; one line that says so where it cannot be compared
 */
export async function changesSince(path: string, now: Plan): Promise<string[] | undefined> {
  const document = await readFile(path, 'utf8').catch(() => undefined);
  if (document === undefined) return undefined;
  const hash = hashIn(document);
  if (hash === undefined) return ['the version before names no plan, so what has changed is not known'];
  const before = await keptPlan(hash);
  if (!before)
    return [`the plan of the version before, ${hash.slice(0, 12)}, was not kept, so what has changed is not known`];
  return changesBetween(before, now);
}

/** What a report remembers of the plan, and what has changed since the one before. Pure. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Plan } from '../../plan';
import type { ComposeFacts, PlanMarks, RunFact, Trigger } from '../contracts/periodic';
import { procedureTitle, resourceTitle } from '../contracts/words';
import { canonicalJson } from '../kernel/canonical';

/** A report is sent around: it tells that a number has changed, and not the number. */
const fingerprint = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(value)))).slice(0, 12);

/** @param plan as the run has pinned it @param hash of it */
export function marksOf(plan: Plan, hash: string): PlanMarks {
  const { contacts, services, sites, databases, stores } = plan;
  return {
    planHash: hash,
    planVersion: plan.version,
    contacts: Object.fromEntries(contacts.map((one) => [one.role, fingerprint(one)])),
    services: services.map(({ name }) => name).sort(),
    infrastructure: Object.fromEntries([
      ...sites.map((one) => [`site ${one.name}`, fingerprint(one)]),
      ...databases.map(({ name, service, site, port, standbys }) => [
        `database ${name}`,
        fingerprint({ service, site, port, standbys }),
      ]),
      ...stores.map(({ name, service, site, port }) => [`store ${name}`, fingerprint({ service, site, port })]),
    ]),
  };
}

type Change = 'new' | 'changed' | 'gone';

/** What is new, changed or gone, by name. */
function changes(before: Record<string, string>, now: Record<string, string>): [string, Change][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name): [string, Change][] => {
    const [was, is] = [before[name], now[name]];
    if (was === is) return [];
    return [[name, was === undefined ? 'new' : is === undefined ? 'gone' : 'changed']];
  });
}

const words: Record<Change, string> = {
  new: 'is new in the plan',
  changed: 'is another one in the plan',
  gone: 'is no longer in the plan',
};

/** @param also what tells it from another one of the same words */
const trigger = (kind: Trigger['kind'], because: string, also?: unknown): Trigger => ({
  key: `plan-${fingerprint({ kind, because, also: also ?? null })}`,
  kind,
  because,
});

/** Why the plan must be looked at: what has changed since the report before, and what has shown that it does not hold. */
export function triggersOf(
  now: PlanMarks,
  before: PlanMarks | undefined,
  compose: ComposeFacts | undefined,
  runs: RunFact[],
): Trigger[] {
  const of = (
    kind: Trigger['kind'],
    what: string,
    was: Record<string, string>,
    is: Record<string, string>,
  ): Trigger[] =>
    changes(was, is).map(([name, change]) => trigger(kind, `${what}${name} ${words[change]}`, [was[name], is[name]]));
  const named = (names: string[]): Record<string, string> => Object.fromEntries(names.map((one) => [one, one]));
  const failed = runs.filter(({ role, state, stopped }) => role === 'test' && state !== 'completed' && !stopped);
  return [
    ...(before
      ? [
          ...of('service', 'service ', named(before.services), named(now.services)),
          ...of('contact', 'contact ', before.contacts, now.contacts),
          ...of('infrastructure', '', before.infrastructure, now.infrastructure),
        ]
      : []),
    ...(compose?.differences ?? []).map((because) => trigger('compose', because)),
    ...((compose?.more ?? 0) > 0 ? [trigger('compose', 'there are more differences: ./dr plan check')] : []),
    ...failed.map(({ procedure, resource, endedAt, runId, problem }) =>
      trigger(
        'test',
        `the ${procedureTitle(procedure)} of ${resourceTitle(resource)} on ${endedAt.slice(0, 10)} did not pass${problem ? `: ${problem}` : ''}`,
        runId,
      ),
    ),
  ];
}

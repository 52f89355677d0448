/** What a guard is there to tell, and what a run that recovers something is not: how things stand, and what it saw lately. */
import type { Fact, RunView } from '../../workflows/contracts/run-view';
import { moment } from '../../workflows/contracts/words';
import type { Paint } from './paint';

/** Of what it saw and was told, the newest. */
const lately = 6;

/** What a guard sees and has lately said; nothing for any other run. */
export function guardLines(view: RunView, paint: Paint): string[] {
  if (view.procedure !== 'guardDatabase') return [];
  const seen = view.timeline.filter((one) => one.kind !== 'phase' && one.kind !== 'step').slice(-lately);
  return [
    ...view.facts.flatMap(({ title, facts }) => [
      paint.bold(title),
      ...facts.map(({ label, value }) => `  ${label}: ${value}`),
    ]),
    ...(seen.length > 0 ? [paint.bold('Lately')] : []),
    ...seen.map(({ at, text }) => `  ${paint.soft(moment(at))}  ${text}`),
  ];
}

/** What can be told to a guard that calls for a person. */
export function guardTodo({ state, resource, facts, timeline }: RunView): string[] {
  if (state !== 'alarm') return [];
  const database = resource.replace(/^database\./, '');
  // What it was told last is newer than its facts, which it measures only where it can look.
  const told = timeline.findLast(({ kind, text }) => kind === 'person' && /^(freeze|maintenance) /.test(text));
  const frozen = told ? !told.text.includes(' lifted by ') : facts.some((one) => one.facts.some(isFrozen));
  return frozen
    ? [`Let it act again with: ./dr unfreeze ${database} --reason "WHY"`]
    : [`Keep it from acting meanwhile with: ./dr freeze ${database} --reason "WHY"`];
}

const isFrozen = ({ label }: Fact): boolean => label === 'Frozen';

import { performance } from 'node:perf_hooks';
import { messageOf, SetUpError } from './errors';
import type { Component, ComponentName, State } from './component';

/** What became of one component. */
export interface Outcome {
  component: Component;
  /** `skipped`: it was not looked at, because something that it needs is missing. */
  result: 'present' | 'provided' | 'missing' | 'skipped';
  /** The version or the like where it is in place, else what is wrong. */
  detail: string;
  /** What to do by hand; set when it is missing. */
  remedy?: string;
  seconds: number;
}

export interface RunnerOptions {
  /** Only look, change nothing. */
  check: boolean;
  /** Called with each outcome as soon as it is known, and with each line of progress. */
  onOutcome(outcome: Outcome): void;
  onProgress(component: Component, line: string): void;
}

/** The wanted components and all that they need, in the order of `all`. */
export function withNeeds(wanted: readonly ComponentName[], all: readonly Component[]): Component[] {
  const names = new Set<ComponentName>();
  const add = (name: ComponentName): void => {
    if (names.has(name)) return;
    names.add(name);
    all.find((component) => component.name === name)?.needs.forEach(add);
  };
  wanted.forEach(add);
  return all.filter((component) => names.has(component.name));
}

async function settle(component: Component, options: RunnerOptions): Promise<Omit<Outcome, 'component' | 'seconds'>> {
  const before = await component.look();
  if (before.ok) {
    if (!options.check) await component.renew?.((line) => options.onProgress(component, line));
    return { result: 'present', detail: before.detail };
  }
  if (options.check) return { result: 'missing', detail: before.reason, remedy: before.remedy };
  options.onProgress(component, before.reason);
  await component.provide((line) => options.onProgress(component, line));
  // What counts is the fact, not that every command ended well.
  const after: State = await component.look();
  if (after.ok) return { result: 'provided', detail: after.detail };
  return { result: 'missing', detail: after.reason, remedy: after.remedy };
}

/**
 * Looks at every component and, unless only checking, provides the missing ones. Components that do not need each other run
 * side by side; one that fails stops only those that need it.
 * @returns one outcome per component, in the order given.
 */
export async function runComponents(components: readonly Component[], options: RunnerOptions): Promise<Outcome[]> {
  const running = new Map<ComponentName, Promise<Outcome>>();
  const one = async (component: Component): Promise<Outcome> => {
    const needed = await Promise.all(component.needs.flatMap((name) => running.get(name) ?? []));
    const start = performance.now();
    const failed = needed.find((outcome) => outcome.result === 'missing' || outcome.result === 'skipped');
    let outcome: Omit<Outcome, 'component' | 'seconds'>;
    try {
      outcome = failed
        ? { result: 'skipped', detail: `It needs ${failed.component.title}, which is missing.` }
        : await settle(component, options);
    } catch (error) {
      const remedy =
        error instanceof SetUpError
          ? error.remedy
          : 'Run scripts/setup again; if it fails again, report this as a fault.';
      outcome = { result: 'missing', detail: messageOf(error), remedy };
    }
    const complete = { component, ...outcome, seconds: (performance.now() - start) / 1000 };
    options.onOutcome(complete);
    return complete;
  };
  // Needs come first in the list, so each promise is there before it is asked for.
  for (const component of components) running.set(component.name, one(component));
  return Promise.all(running.values());
}

/** Whether everything is in place. */
export const complete = (outcomes: readonly Outcome[]): boolean =>
  outcomes.every(({ result }) => result === 'present' || result === 'provided');

import type { StepView } from '../../workflows/contracts/run-view';

/** Phases both ways of recovering go through, in order, with what they hold. */
export const phases = {
  'pre-flight': 'read the damaged server, find the backup, prove the archive reaches the target',
  restore: 'backup into a volume of its own; newest WAL archived meanwhile',
  replay: 'start isolated, replay to the target, pause',
  inspect: 'rows, business queries, checksums, amcheck',
  decide: 'measure the loss, for the card and again before anything is moved',
  pause: 'hold the clients at the pooler',
  fence: 'stop the damaged server and prove it',
  promote: 'end recovery, clear its settings, checkpoint',
  stop: 'stop the copy in order',
  switch: 'point the service at the copy, start it, wait until it takes writes',
  resume: 'direct write, point the pooler, let the clients in',
  'client-write': 'a committed write through the client path, read back',
} as const;
export type Phase = keyof typeof phases;
export const phaseNames = Object.keys(phases) as Phase[];

/** Milliseconds of each phase; they add up to the whole. */
export type PhaseTimes = Record<Phase, number>;

/** The step of the procedure that ends each phase. What lies between two ends belongs to the later phase. */
const lastStep: [Phase, RegExp][] = [
  ['pre-flight', /^(Check that the archive|Measure the free disk)/],
  ['restore', /^(Restore backup|Bring the newest WAL)/],
  ['replay', /^Start the copy/],
  ['inspect', /^Inspect the copy/],
  ['pause', /^Pause the clients/],
  ['fence', /^Fence/],
  ['promote', /^(Promote|Inspect the tables)/],
  ['stop', /^(Stop the copy|Point the service)/],
  ['switch', /^Put the copy/],
  ['resume', /^Let the clients in/],
  ['client-write', /^Write through the client path/],
];

/**
 * Cuts a run's steps into the phases.
 * @param startedAt when the run was asked for, milliseconds since 1970
 * @param human milliseconds in which the run waited for the approval; taken out of `decide`
 * @throws Error when the procedure has no step for a phase: its titles have changed, and the table above must follow
 */
export function phasesOf(steps: readonly StepView[], startedAt: number, human: number): PhaseTimes {
  const ends = new Map<Phase, number>();
  for (const [phase, title] of lastStep) {
    const found = steps.filter((step) => title.test(step.title) && step.endedAt !== undefined);
    if (found.length === 0)
      throw new Error(`the run has no finished step for phase ${phase} (expected a title like ${title.source})`);
    ends.set(phase, Math.max(...found.map((step) => Date.parse(step.endedAt ?? ''))));
  }
  // Deciding ends where moving the clients begins.
  const moving = steps.find((step) => step.title.startsWith('Pause the clients'));
  ends.set('decide', Date.parse(moving?.startedAt ?? ''));
  const times = between(startedAt, ends);
  times.decide -= human;
  return times;
}

/** Durations from the moments the phases ended. */
export function between(startedAt: number, ends: ReadonlyMap<Phase, number>): PhaseTimes {
  let before = startedAt;
  const times = {} as PhaseTimes;
  for (const phase of phaseNames) {
    const end = ends.get(phase);
    if (end === undefined) throw new Error(`phase ${phase} did not end`);
    times[phase] = end - before;
    before = end;
  }
  return times;
}

export const total = (times: PhaseTimes): number => phaseNames.reduce((sum, phase) => sum + times[phase], 0);

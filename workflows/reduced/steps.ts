/** The steps that procedures share which have the gateway serve less for a while. */
import { whoHas, type ReducedMode, type ReducedNow, type ReducedOwner, type Switched } from '../contracts/reduced';
import type { Run } from '../kernel/run';
import type { Reduced } from './context';

/** Looks which modes are on, and who has them. */
export const lookForModes = (run: Run, { at, on }: Reduced): Promise<ReducedNow[]> =>
  run.probe(
    'Look whether the gateway serves less',
    () => on.urgent.inspectReduced(at),
    (modes) => modes.map(whoHas).join('; ') || 'no mode is on',
  );

interface Wanted {
  mode: ReducedMode;
  by: string;
  reason: string;
  /** UTC; when the run lifts it at the latest. */
  until?: string;
}

/**
 * Switches a mode on until the run lifts it, is undone, or ends.
 * @param askLater the gateway may not run yet: `confirm` asks once it does
 */
export async function switchOn(
  run: Run,
  { at, on, pages }: Reduced,
  wanted: Wanted,
  { askLater = false } = {},
): Promise<Switched> {
  const { mode } = wanted;
  const switched = await run.change(
    `Switch ${mode} on`,
    () => on.brief.switchReduced({ ...at, ...wanted, pages: pages(mode), ...(askLater ? { askLater } : {}) }),
    {
      undo: {
        title: `Lift ${mode}`,
        act: () => on.brief.liftReduced({ ...at, whose: ['own'], pages: pages(mode) }),
      },
      outcome: ({ says }) => says,
    },
  );
  for (const one of switched.lifted) run.note(`${whoHas(one)}: taken over`);
  return switched;
}

/** Asks what clients get, now that the gateway runs. A person may go on without. */
export const confirm = (run: Run, { at, on, pages }: Reduced, wanted: Wanted): Promise<Switched | undefined> =>
  run.optional(
    `Ask whether ${wanted.mode} holds`,
    () => on.brief.switchReduced({ ...at, ...wanted, pages: pages(wanted.mode) }),
    ({ says }) => says,
  );

/** Lifts modes, and proves that clients meet none. @param whose `own`: what this run has switched on */
export async function lift(
  run: Run,
  { at, on, pages }: Reduced,
  title: string,
  whose: Exclude<ReducedOwner, 'runs'>[] = ['own'],
): Promise<Switched> {
  const lifted = await run.change(title, () => on.brief.liftReduced({ ...at, whose, pages: pages('critical-only') }), {
    outcome: ({ says }) => says,
  });
  for (const one of lifted.lifted) run.note(`lifted what was left behind: ${whoHas(one)}`);
  return lifted;
}

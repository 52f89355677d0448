/** What clients get while everything is brought back: a page, the essential services only, or whatever the gateway can pass on. */
import { whoHas, type ReducedMode } from '../contracts/reduced';
import type { Run } from '../kernel/run';
import { confirm, lift, lookForModes, switchOn } from '../reduced/steps';
import type { System } from './context';

/** The mode of one recovery, from its first look to its lifting. */
export class Meanwhile {
  private readonly mode: ReducedMode | undefined;
  private left = false;
  private on = false;

  constructor(
    private readonly run: Run,
    private readonly system: System,
  ) {
    this.mode = system.input.reduced;
  }

  /** What was left behind by a run that has ended is lifted, or taken over by a mode of this run. */
  async look(): Promise<void> {
    const { run, mode } = this;
    const { reduced } = this.system;
    if (!reduced) return this.refuseUntold('the plan does not say how its gateway is told to serve less');
    if (!reduced.at.reduced.pass)
      this.refuseUntold('the plan names no pass, so that nothing could be proven while clients are kept out');
    const now = await lookForModes(run, reduced);
    const foreign = now.filter(({ owner }) => owner === 'runs' || owner === 'by-hand');
    if (mode && foreign.length > 0)
      run.refuse(
        foreign.map((one) => ({
          code: 'DR-REDUCED',
          message: `${whoHas(one)}: this run cannot have ${mode} for itself`,
          next: 'Start it without `reduced`: it proves its work with the pass; or lift that mode first: dr reduce off.',
        })),
      );
    for (const one of foreign) run.note(`${whoHas(one)}: it is not lifted here; pages are asked with the pass`);
    this.left = now.some(({ owner }) => owner === 'ended');
    if (!mode) await this.liftLeft();
  }

  private refuseUntold(message: string): void {
    if (this.mode)
      this.run.refuse([
        {
          code: 'DR-REDUCED',
          message: `${message}, and ${this.mode} is asked for`,
          next: 'Complete businessContinuity.reducedFunctionality.gateway of the plan, or start without `reduced`.',
        },
      ]);
  }

  /** Before the first start. */
  async begin(): Promise<void> {
    const wanted = this.wanted();
    if (!wanted) return;
    await switchOn(this.run, wanted.reduced, wanted.word, { askLater: true });
    this.on = true;
  }

  /** The gateway is open. */
  async opened(): Promise<void> {
    const wanted = this.wanted();
    if (wanted && this.on) await confirm(this.run, wanted.reduced, wanted.word);
  }

  /** The services that a mode waits for are proven: it is lifted. */
  async proven(which: ReducedMode): Promise<void> {
    const wanted = this.wanted();
    if (!wanted || which !== wanted.word.mode || !this.on) return;
    await lift(this.run, wanted.reduced, `Lift ${which}`);
    this.on = false;
  }

  /** Nothing has to be recovered: what was left behind is all there was. */
  async liftLeft(): Promise<void> {
    const { reduced } = this.system;
    if (reduced && this.left) await lift(this.run, reduced, 'Lift what was left behind', ['ended']);
    this.left = false;
  }

  private wanted() {
    const { reduced, input } = this.system;
    const { by, reason } = input;
    return reduced && this.mode ? { reduced, word: { mode: this.mode, by, reason } } : undefined;
  }
}

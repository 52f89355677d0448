import { setHandler } from '@temporalio/workflow';
import {
  freezeSchema,
  freezeSignal,
  freezeUpdate,
  unfreezeSignal,
  unfreezeUpdate,
  type FreezeMessage,
} from '../contracts/guard';
import { wordSchema, type Accepted, type WordMessage } from '../contracts/messages';
import { parseOutside } from '../contracts/outside';
import type { Run } from '../kernel/run';
import type { GuardState } from './state';

/** What a person can tell a guard, as update and as signal; a wrong signal is noted on the timeline. */
export function listenForFreeze(run: Run, state: GuardState, changed: () => void): void {
  const accepted = (): Accepted => ({ at: new Date().toISOString(), state: run.record.state });
  const faultOf = (schema: typeof freezeSchema | typeof wordSchema, raw: unknown, name: string): string | undefined => {
    const parsed = parseOutside(schema, raw, `message "${name}"`);
    return parsed.ok ? undefined : parsed.faults.join('; ');
  };
  const freeze = (raw: FreezeMessage): void => {
    const message = freezeSchema.parse(raw);
    state.freeze(message);
    run.record.note(
      'person',
      `${message.kind} by ${message.by}: ${message.reason}${state.frozen?.until ? `, until ${state.frozen.until}` : ''}`,
    );
    changed();
  };
  const unfreeze = (word: WordMessage): void => {
    run.record.note('person', `${state.frozen?.kind ?? 'freeze'} lifted by ${word.by}: ${word.reason}`);
    state.frozen = undefined;
    changed();
  };
  const notFrozen = (): string | undefined => (state.freezeNow ? undefined : 'the guard is not frozen');
  const refuse = (objection: string | undefined): void => {
    if (objection) throw new Error(objection);
  };
  setHandler(freezeUpdate, (raw) => (freeze(raw), accepted()), {
    description: 'Do nothing by itself: {"kind":"freeze"|"maintenance","forMs"?,"by","reason"}',
    validator: (raw) => refuse(faultOf(freezeSchema, raw, 'freeze')),
  });
  setHandler(unfreezeUpdate, (raw) => (unfreeze(raw), accepted()), {
    description: 'Lift a freeze or a maintenance: {"by","reason"}',
    validator: (raw) => refuse(faultOf(wordSchema, raw, 'unfreeze') ?? notFrozen()),
  });
  setHandler(
    freezeSignal,
    (raw) => {
      const fault = faultOf(freezeSchema, raw, 'freeze');
      if (fault) run.record.note('refused', `signal "freeze" refused: ${fault}`);
      else freeze(raw);
    },
    { description: 'Do nothing by itself: {"kind":"freeze"|"maintenance","forMs"?,"by","reason"}' },
  );
  setHandler(
    unfreezeSignal,
    (raw) => {
      const fault = faultOf(wordSchema, raw, 'unfreeze') ?? notFrozen();
      if (fault) run.record.note('refused', `signal "unfreeze" refused: ${fault}`);
      else unfreeze(raw);
    },
    { description: 'Lift a freeze or a maintenance: {"by","reason"}' },
  );
}

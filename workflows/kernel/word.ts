import { setHandler } from '@temporalio/workflow';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
import type { Accepted } from '../contracts/messages';
import { parseOutside } from '../contracts/outside';
import type { Run } from './run';

/** Something a person can say to a run. */
export interface Word<M> {
  update: UpdateDefinition<Accepted, [M]>;
  signal: SignalDefinition<[M]>;
  schema: z.ZodType<M>;
  description: string;
  /** Why the message cannot be taken now. */
  objection: (message: M) => string | undefined;
  take: (message: M) => void;
}

/**
 * Registers a word as update (the caller learns whether it was taken, and why not) and as signal (for the Web UI and
 * `temporal workflow signal`; a wrong one is noted on the timeline). A validator is synchronous and writes nothing; a handler
 * never throws: a thrown plain error would stall the run.
 */
export function listenTo<M>(run: Run, word: Word<M>): void {
  const name = word.update.name;
  const fault = (raw: unknown): string | undefined => {
    const parsed = parseOutside(word.schema, raw, `message "${name}"`);
    return parsed.ok ? word.objection(parsed.value) : parsed.faults.join('; ');
  };
  const take = (raw: M): void => {
    const parsed = parseOutside(word.schema, raw, `message "${name}"`);
    if (parsed.ok) word.take(parsed.value);
  };
  setHandler(
    word.update,
    (raw: M) => {
      take(raw);
      return { at: new Date().toISOString(), state: run.record.state };
    },
    {
      description: word.description,
      validator: (raw: M) => {
        const objection = fault(raw);
        if (objection) throw new Error(objection);
      },
    },
  );
  setHandler(
    word.signal,
    (raw: M) => {
      const objection = fault(raw);
      if (objection) run.record.note('refused', `signal "${name}" refused: ${objection}`);
      else take(raw);
    },
    { description: word.description },
  );
}

import { setHandler } from '@temporalio/workflow';
import {
  checklistQuery,
  closeSchema,
  closeSignal,
  closeUpdate,
  milestoneSchema,
  milestoneSignal,
  milestoneUpdate,
  tickSchema,
  tickSignal,
  tickUpdate,
  untickSignal,
  untickUpdate,
} from '../contracts/checklist';
import type { WordMessage } from '../contracts/messages';
import type { Run } from '../kernel/run';
import { listenTo } from '../kernel/word';
import type { Checklist } from './list';

const now = (): string => new Date().toISOString();
const remark = (note: string | undefined): string => (note === undefined ? '' : `: ${note}`);

/** What people and recoveries can say to a checklist, each as update and as signal. @param changed called after every word */
export function listenForTicks(
  run: Run,
  list: Checklist,
  close: (word: WordMessage) => void,
  changed: () => void,
): void {
  const said = (text: string): void => {
    changed();
    run.record.note('person', text);
  };
  setHandler(checklistQuery, () => list.view(), { description: 'The checklist as it stands, as JSON' });
  listenTo(run, {
    update: tickUpdate,
    signal: tickSignal,
    schema: tickSchema,
    description: 'Tick an item off: {"item","by","note"?}; item is its number or its text',
    objection: ({ item }) => list.objection(item, 'done'),
    take: ({ item, by, note }) => {
      const done = list.tick(item, { by, note, at: now() });
      if (done) said(`${done.number} "${done.text}" ticked by ${by}${remark(note)}`);
    },
  });
  listenTo(run, {
    update: untickUpdate,
    signal: untickSignal,
    schema: tickSchema,
    description: 'Take a tick back: {"item","by","note"?}',
    objection: ({ item }) => list.objection(item, 'open'),
    take: ({ item, by, note }) => {
      const open = list.untick(item);
      if (open) said(`${open.number} "${open.text}" unticked by ${by}${remark(note)}`);
    },
  });
  listenTo(run, {
    update: milestoneUpdate,
    signal: milestoneSignal,
    schema: milestoneSchema,
    description: 'A recovery reached a milestone; ticks all its items: {"name","by","evidence"?}',
    // A milestone is reached again by a second recovery, and an item may have been ticked by hand: neither is a fault.
    objection: () => undefined,
    take: (message) => {
      const done = list.reach(message, now()).map(({ number, text }) => `${number} "${text}"`);
      said(
        `milestone ${message.name} by ${message.by}: ${done.length > 0 ? `ticked ${done.join(', ')}` : 'nothing of it was open'}${remark(message.evidence)}`,
      );
    },
  });
  listenTo(run, {
    update: closeUpdate,
    signal: closeSignal,
    schema: closeSchema,
    description: 'End the checklist with what is open: {"by","reason"}',
    objection: () => undefined,
    take: (word) => {
      close(word);
      said(`closed by ${word.by}: ${word.reason}`);
    },
  });
}

import { liftSignal, liftUpdate, wordSchema, type WordMessage } from '../contracts/messages';
import type { Run } from '../kernel/run';
import { listenTo } from '../kernel/word';

/** Hears the word that lifts the mode. @returns where the word will stand */
export function listenForLift(run: Run): { word?: WordMessage } {
  const told: { word?: WordMessage } = {};
  listenTo(run, {
    update: liftUpdate,
    signal: liftSignal,
    schema: wordSchema,
    description: 'Lift the mode before its time: {"by","reason"}',
    objection: () => run.leaves ?? (told.word ? `${told.word.by} has said so already` : undefined),
    take: (word) => {
      told.word = word;
      run.note(`to be lifted, says ${word.by}: ${word.reason}`);
    },
  });
  return told;
}

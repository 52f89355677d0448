import { setHandler, type CancellationScope } from '@temporalio/workflow';
import * as messages from '../contracts/messages';
import { Ended } from './endings';
import type { Run } from './run';
import { listenTo, type Word } from './word';

/** Registers what a person can say to every run: each word as update and as signal. */
export function listen(run: Run, body: CancellationScope, end: (ending: Ended) => void): void {
  const { gates, holds } = run.messages;
  const register = <M>(word: Word<M>): void => listenTo(run, word);

  const live = ['running', 'watching', 'alarm', 'paused', 'waiting-approval', 'held'];
  /** A run that is ending has nothing left to pause or abort: the word would only change the name of its end. */
  const ended = (): string | undefined => {
    const { state } = run.record;
    if (!live.includes(state)) return `the run is ${state}`;
    const why = run.leaves ?? (body.consideredCancelled ? 'it was cancelled' : undefined);
    if (why === undefined) return undefined;
    const undo = holds.heldAt;
    return `the run is ending already: ${why}${undo === undefined ? '' : `; it is held at "${undo}", which \`resolve\` retries or skips`}`;
  };

  register({
    update: messages.approveUpdate,
    signal: messages.approveSignal,
    schema: messages.approveSchema,
    description: 'Approve the open card: {"card","by","reason"}',
    objection: (message) => gates.objection(message),
    take: (message) => gates.answer({ kind: 'approve', via: 'person', message }),
  });
  register({
    update: messages.rejectUpdate,
    signal: messages.rejectSignal,
    schema: messages.rejectSchema,
    description: 'Reject the open card; the run is undone: {"card","by","reason"}',
    objection: (message) => gates.objection(message),
    take: (message) => gates.answer({ kind: 'reject', message }),
  });
  register({
    update: messages.retargetUpdate,
    signal: messages.retargetSignal,
    schema: messages.retargetSchema,
    description: 'Choose another target at the open gate: {"target","by","reason"}',
    objection: (message) => gates.retargetObjection(message),
    take: (message) => gates.answer({ kind: 'retarget', message }),
  });
  register({
    update: messages.resolveUpdate,
    signal: messages.resolveSignal,
    schema: messages.resolveSchema,
    description: 'Resolve the held step: {"action":"retry"|"skip"|"abort","by","reason"}',
    objection: (message) => holds.objection(message),
    take: (message) => holds.resolve(message),
  });
  register({
    update: messages.pauseUpdate,
    signal: messages.pauseSignal,
    schema: messages.wordSchema,
    description: 'Pause before the next step: {"by","reason"}',
    objection: () => ended() ?? (run.isPaused ? 'the run is paused already' : undefined),
    take: (message) => run.pause(message.by),
  });
  register({
    update: messages.resumeUpdate,
    signal: messages.resumeSignal,
    schema: messages.wordSchema,
    description: 'Go on after a pause: {"by","reason"}',
    objection: () => ended() ?? (run.isPaused ? undefined : 'the run is not paused'),
    take: (message) => run.resume(message.by),
  });
  register({
    update: messages.abortUpdate,
    signal: messages.abortSignal,
    schema: messages.wordSchema,
    description: 'Abort the run and undo its changes: {"by","reason"}',
    objection: ended,
    take: (message) => {
      run.record.note('person', `abort asked by ${message.by}: ${message.reason}`);
      end(new Ended('aborted', 'DR-ABORTED', `aborted by ${message.by}: ${message.reason}`));
      body.cancel();
    },
  });
  setHandler(messages.childSignal, (child) => run.record.childWaits(child), {
    description: 'Between runs: a run that was started from here needs a person, or does not any more',
  });
  setHandler(messages.runQuery, () => run.view(), { description: 'Everything about the run, as JSON' });
}

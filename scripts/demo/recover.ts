import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { drHome } from '../../activities/shared/paths';
import { controlQueue } from '../../workflows/contracts/names';
import type { PitrInput } from '../../workflows/contracts/pitr';
import type { CardView, Report, RunView } from '../../workflows/contracts/run-view';
import { demoRun, memo } from './left';

export interface Outcome {
  /** Path of the HTML report. */
  report: string;
  /** By the run itself; the ledger is asked apart. */
  verified: boolean;
  words: string;
  /** When the clients were let in again. */
  reopenedAt: string;
}

type Say = (line?: string) => void;

/** Plays the operator: starts the run, follows it, reads the card, approves it, and reads the report. */
export async function recoverAndApprove(client: Client, moment: string, say: Say, step: Say): Promise<Outcome> {
  const by = 'demo operator';
  const input: Partial<PitrInput> = {
    database: 'shandi',
    target: { kind: 'time', time: moment },
    disasterAt: moment,
    reason: 'table payments dropped by mistake',
    by,
  };
  say();
  step(`$ ./dr recover database shandi --to-time ${moment} --reason "${input.reason}"`);
  const handle = await client.workflow.start('pointInTimeRecovery', {
    taskQueue: controlQueue,
    workflowId: demoRun,
    args: [input],
    memo,
  });
  const follow = { printed: 0, approved: '', aborted: '' };
  for (;;) {
    const view = await handle.query<RunView>('run').catch(() => undefined);
    if (view) follow.printed = print(view, follow.printed, step);
    const card = view?.gates.find((gate) => gate.state === 'open')?.card;
    if (card && card.hash !== follow.approved) {
      follow.approved = card.hash;
      printCard(card, say);
      const reason = 'the loss is small and known';
      step(`$ ./dr approve ${demoRun} --card ${card.hash} --reason "${reason}"`);
      await handle.executeUpdate('approve', { args: [{ card: card.hash, by, reason }] });
    }
    const hold = view?.hold;
    if (hold && hold.since !== follow.aborted) {
      if (follow.aborted)
        throw new Error(`the run is held in its undo (${hold.problem.message}): ./dr show ${demoRun}`);
      follow.aborted = hold.since;
      const reason = `held: ${hold.problem.message}`.slice(0, 2000);
      step(`$ ./dr abort ${demoRun} --reason "${reason}"`);
      await handle.executeUpdate('abort', { args: [{ by, reason }] });
    }
    if (view?.endedAt) break;
    await sleep(100);
  }
  try {
    return outcomeOf((await handle.result()) as Report);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const why = (error.cause as Error | undefined)?.message ?? error.message;
    throw new Error(`the run ended without a recovery: ${why}`, { cause: error });
  }
}

function outcomeOf(report: Report): Outcome {
  const { objectives, facts, problems, verdict } = report.view;
  const ledger = facts.find((one) => one.title === 'Witness ledger')?.facts ?? [];
  const content = ledger.find((one) => one.label === 'Verdict')?.value === 'nothing that was acknowledged is lost';
  const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(1)} s`;
  return {
    report: report.paths ? join(drHome(), report.paths.html) : 'not written',
    verified: verdict === 'met' && content && problems.length === 0,
    words: `RTO ${seconds(objectives?.achievedRto)} of ${seconds(objectives?.rto)} (${seconds(objectives?.human)} of it waiting for approval), RPO ${seconds(objectives?.achievedRpo)} of ${seconds(objectives?.rpo)}`,
    reopenedAt: String(report.result['reopenedAt']),
  };
}

/** Prints what is new on the timeline; returns how much is printed now. */
function print(view: RunView, printed: number, step: Say): number {
  for (const entry of view.timeline.slice(printed)) step(`${entry.kind === 'phase' ? '── ' : '   '}${entry.text}`);
  return view.timeline.length;
}

function printCard(card: CardView, say: Say): void {
  say();
  say(`  ┌─ ${card.title}`);
  for (const line of card.will) say(`  │ will  ${line}`);
  for (const fact of card.loss) say(`  │ loss  ${fact.label}: ${fact.value}`);
  for (const table of card.tables) {
    say(`  │ ${table.title}: ${table.columns.join(' | ')}`);
    for (const row of table.rows) say(`  │   ${row.join(' | ')}`);
  }
  for (const line of card.warnings) say(`  │ mind  ${line}`);
  say(`  └─ card ${card.hash}`);
  say();
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { drHome } from '../../activities/shared/paths';
import type { ControlPlaneState } from '../control-plane/state';
import { controlQueue, databaseResource, recoveryLock } from '../../workflows/contracts/names';
import type { PitrInput } from '../../workflows/contracts/pitr';
import type { CardView, Report, RunView } from '../../workflows/contracts/run-view';

export interface Outcome {
  workflowId: string;
  /** Path of the HTML report. */
  report: string;
  verified: boolean;
  words: string;
}

type Say = (line?: string) => void;

/** Plays the operator: starts the run, follows it, reads the card, approves it, and reads the report. */
export async function recoverAndApprove(
  control: ControlPlaneState,
  moment: string,
  say: Say,
  step: Say,
): Promise<Outcome> {
  const connection = await Connection.connect({ address: control.address });
  try {
    const client = new Client({ connection, namespace: control.namespace });
    const input: Partial<PitrInput> = {
      database: 'shandi',
      target: { kind: 'time', time: moment },
      disasterAt: moment,
      reason: 'table payments dropped by mistake',
      by: 'demo operator',
    };
    const workflowId = recoveryLock(databaseResource('shandi'));
    say();
    step(`$ ./dr recover database shandi --to-time ${moment} --reason "${input.reason}"`);
    const handle = await client.workflow.start('pointInTimeRecovery', {
      taskQueue: controlQueue,
      workflowId,
      args: [input],
    });
    const follow = { printed: 0, approved: '' };
    for (;;) {
      const view = await handle.query<RunView>('run').catch(() => undefined);
      if (view) follow.printed = print(view, follow.printed, step);
      const card = view?.gates.find((gate) => gate.state === 'open')?.card;
      if (card && card.hash !== follow.approved) {
        follow.approved = card.hash;
        printCard(card, say);
        step(`$ ./dr approve ${workflowId} --card ${card.hash} --reason "the loss is small and known"`);
        await handle.executeUpdate('approve', {
          args: [{ card: card.hash, by: 'demo operator', reason: 'the loss is small and known' }],
        });
      }
      if (view?.hold) {
        await handle.executeUpdate('abort', {
          args: [{ by: 'demo operator', reason: `held: ${view.hold.problem.message}` }],
        });
      }
      if (view?.endedAt) break;
      await sleep(100);
    }
    return outcomeOf(workflowId, (await handle.result()) as Report);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new Error(
      `the run ended without a recovery: ${(error.cause as Error | undefined)?.message ?? error.message}`,
      { cause: error },
    );
  } finally {
    await connection.close();
  }
}

function outcomeOf(workflowId: string, report: Report): Outcome {
  const { objectives, facts, problems } = report.view;
  const ledger = facts.find((one) => one.title === 'Witness ledger');
  const said = ledger?.facts.find((one) => one.label === 'Summary')?.value ?? 'the ledger was not asked';
  const lost = ledger?.facts.find((one) => one.label === 'Verdict')?.value !== 'nothing that was acknowledged is lost';
  // A ledger that was promised nothing proves nothing.
  const owed = Number.parseInt(ledger?.facts.find((one) => one.label === 'Acknowledged and owed')?.value ?? '0', 10);
  const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(1)} s`;
  return {
    workflowId,
    report: report.paths ? join(drHome(), report.paths.html) : 'not written',
    verified: report.view.verdict === 'met' && !lost && owed > 0 && problems.length === 0,
    words: `RTO ${seconds(objectives?.achievedRto)} of ${seconds(objectives?.rto)} (${seconds(objectives?.human)} of it waiting for approval), RPO ${seconds(objectives?.achievedRpo)} of ${seconds(objectives?.rpo)}; ledger: ${said}`,
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

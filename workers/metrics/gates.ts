/** The gates that are open: asked of the runs that wait for an approval, because only they know since when. */
import type { Client } from '@temporalio/client';
import { runQuery } from '../../workflows/contracts/messages';
import type { RunView } from '../../workflows/contracts/run-view';
import { grouped, seconds, type ListedRun } from './runs';
import type { Sheet } from './sheet';

export interface GateFacts {
  open: { procedure: string; gate: string; openedAt: string }[];
  /** Procedures of runs that did not say. */
  unanswered: string[];
}

/** Runs that are asked at most, and how long each may take, milliseconds. */
const most = 50;
const limitMs = 2_000;

/** Asks every run that waits for an approval. @param open runs as the list has them; others than those that wait are passed over */
export async function askGates(client: Client, open: ListedRun[]): Promise<GateFacts> {
  const waiting = open.filter((one) => one.state === 'waiting-approval');
  const facts: GateFacts = { open: [], unanswered: waiting.slice(most).map((one) => one.procedure) };
  await Promise.all(
    waiting.slice(0, most).map(async ({ workflowId, runId, procedure }) => {
      try {
        const handle = client.workflow.getHandle(workflowId, runId);
        const view = await client.withDeadline(Date.now() + limitMs, () => handle.query(runQuery));
        facts.open.push(...openGates(procedure, view));
      } catch {
        facts.unanswered.push(procedure);
      }
    }),
  );
  return facts;
}

/** A gate that was answered since the list was made is open no more. */
const openGates = (procedure: string, { gates }: RunView): GateFacts['open'] =>
  gates
    .filter((one) => one.state === 'open')
    .map(({ name, card }) => ({ procedure, gate: name, openedAt: card.openedAt }));

/** Puts what the runs have said. Pure. */
export function putGates(sheet: Sheet, { open, unanswered }: GateFacts): void {
  for (const [labels, gates] of grouped(open, ({ procedure, gate }) => ({ procedure, gate }))) {
    sheet.put('dr_gates_open', labels, gates.length);
    const oldest = Math.min(...gates.map((one) => seconds(one.openedAt)));
    sheet.put('dr_gate_oldest_opened_timestamp_seconds', labels, oldest);
  }
  for (const [labels, silent] of grouped(unanswered, (procedure) => ({ procedure })))
    sheet.put('dr_runs_unanswered', labels, silent.length);
}

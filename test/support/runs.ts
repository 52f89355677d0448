/** How a test speaks to a run; used by both layers. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { runQuery } from '../../workflows/contracts/messages';
import { endStates, type Report, type RunState, type RunView } from '../../workflows/contracts/run-view';

/** Waits until the run is in a state; fails at once when it has ended in another, with the run's timeline, so that a failing test tells its story. */
export async function until(handle: WorkflowHandle, state: RunState, timeoutMs = 60_000): Promise<RunView> {
  const end = Date.now() + timeoutMs;
  let view: RunView | undefined;
  while (Date.now() < end) {
    view = await handle.query(runQuery).catch(() => view);
    if (view?.state === state) return view;
    if (view && endStates.has(view.state)) break;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`the run is ${view?.state ?? 'unknown'}, expected ${state}\n${story(view)}`);
}

/** The timeline, one line each. */
export function story(view: RunView | undefined): string {
  return (view?.timeline ?? []).map((one) => `${one.at.slice(11, 23)} ${one.kind.padEnd(8)} ${one.text}`).join('\n');
}

/** Hash of the open card. */
export function openCard(view: RunView): string {
  const gate = view.gates.find((one) => one.state === 'open');
  if (!gate) throw new Error(`no gate is open\n${story(view)}`);
  return gate.card.hash;
}

/** Says yes to the card that is open. */
export async function approve(handle: WorkflowHandle, card?: string): Promise<void> {
  const hash = card ?? openCard(await until(handle, 'waiting-approval'));
  await handle.executeUpdate('approve', {
    args: [{ card: hash, by: 'tester', reason: 'test' }],
    updateId: randomUUID(),
  });
}

export const resultOf = (handle: WorkflowHandle): Promise<Report> => handle.result() as Promise<Report>;

/** The failure of a run that did not complete: its code and its sentence. */
export async function failureOf(handle: WorkflowHandle): Promise<{ code: string; message: string }> {
  try {
    await handle.result();
  } catch (error) {
    const cause = (error as Error).cause as Error & { type?: string };
    return { code: cause?.type ?? cause?.name ?? 'none', message: cause?.message ?? String(error) };
  }
  throw new Error('the run completed, expected it to fail');
}

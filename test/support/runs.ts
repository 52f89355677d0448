/** How a test speaks to a run; used by both layers. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { runQuery } from '../../workflows/contracts/messages';
import {
  endStates,
  type ChildWaits,
  type Report,
  type RunState,
  type RunView,
} from '../../workflows/contracts/run-view';

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

/** Waits until the view of a run holds something; fails with the run's timeline when it does not come. */
export async function seen(
  handle: WorkflowHandle,
  wanted: (view: RunView) => boolean,
  timeoutMs = 30_000,
): Promise<RunView> {
  const end = Date.now() + timeoutMs;
  let view: RunView | undefined;
  while (Date.now() < end) {
    view = await handle.query(runQuery).catch(() => view);
    if (view && wanted(view)) return view;
    await sleep(30);
  }
  throw new Error(`what was waited for did not come; the run is ${view?.state ?? 'unknown'}\n${story(view)}`);
}

/** The timeline, one line each, and what the cards of open gates say. */
export function story(view: RunView | undefined): string {
  const lines = (view?.timeline ?? []).map((one) => `${one.at.slice(11, 23)} ${one.kind.padEnd(8)} ${one.text}`);
  const cards = (view?.gates ?? [])
    .filter((one) => one.state === 'open')
    .flatMap(({ card }) => [
      `card     ${card.title}`,
      ...card.facts.map(({ label, value }) => `         ${label}: ${value}`),
      ...card.tables.flatMap(({ rows }) => rows.map((row) => `         ${row.join(' | ')}`)),
    ]);
  return [...lines, ...cards].join('\n');
}

/** Waits until a run says that one it has started waits for a person. */
export async function untilChildWaits(handle: WorkflowHandle, timeoutMs = 60_000): Promise<ChildWaits[]> {
  const end = Date.now() + timeoutMs;
  let view: RunView | undefined;
  while (Date.now() < end) {
    view = await handle.query(runQuery).catch(() => view);
    if (view?.waitsOn) return view.waitsOn;
    if (view && endStates.has(view.state)) break;
    await sleep(30);
  }
  throw new Error(`the run is ${view?.state ?? 'unknown'} and waits for no other\n${story(view)}`);
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

/** The report of a run that completed; when it did not, the test fails with the run's timeline. */
export async function resultOf(handle: WorkflowHandle): Promise<Report> {
  try {
    return (await ended(handle)) as Report;
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined;
    const why = (cause ?? (error as Error)).message;
    throw new Error(`the run did not complete: ${why}\n${await storyOf(handle)}`, { cause: error });
  }
}

/** The failure of a run that did not complete: its code and its sentence. */
export async function failureOf(handle: WorkflowHandle): Promise<{ code: string; message: string }> {
  try {
    await ended(handle);
  } catch (error) {
    if (!((error as Error).cause instanceof Error)) throw error;
    const cause = (error as Error).cause as Error & { type?: string };
    return { code: cause.type ?? cause.name, message: cause.message };
  }
  throw new Error(`the run completed, expected it to fail\n${await storyOf(handle)}`);
}

const storyOf = async (handle: WorkflowHandle): Promise<string> =>
  story(await handle.query(runQuery).catch(() => undefined));

/** How a run ends. One that stays held has nobody who would resolve it: then the test fails at once, with the timeline. */
async function ended(handle: WorkflowHandle): Promise<unknown> {
  const over = new AbortController();
  const watching = staysHeld(handle, over.signal);
  try {
    return await Promise.race([handle.result(), watching]);
  } finally {
    over.abort();
    // A question that is under way when the server goes would be asked again, and end the process.
    await watching.catch(() => undefined);
  }
}

async function staysHeld(handle: WorkflowHandle, signal: AbortSignal): Promise<never> {
  let since: string | undefined;
  for (;;) {
    await sleep(2_000, undefined, { signal });
    const view = await handle.query(runQuery).catch(() => undefined);
    if (view?.hold && view.hold.since === since) throw new Error(`the run stays held\n${story(view)}`);
    since = view?.hold?.since;
  }
}

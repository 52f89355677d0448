/** Following a run until it ends, a person is needed, or the time given is over. Following never changes the run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { endStates, needsPerson, type RunView } from '../../workflows/contracts/run-view';
import { Changes } from './changes';
import type { ControlPlane } from './connect';
import { toJson, type Context } from './context';
import { exitCodes, exitOf } from './exit-codes';
import { Fault } from './fault';
import { lookAt, type Look } from './look';
import { paint, plainLine } from './paint';
import { endLines, renderLook } from './render';

export interface FollowOptions {
  runId?: string;
  /** `end`: until it is over; `person`: also return when it waits for one. */
  until: 'end' | 'person';
  /** Milliseconds; undefined: for ever. */
  timeout?: number;
  /** Also return when this is so of the run. */
  enough?: (view: RunView) => boolean;
}

const pollEvery = 500;
/** A server that restarts is back in seconds; a run does not care, so the one who watches should not either. */
const patience = 60_000;
const closed = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']);

/** @returns the exit code that says how it stands */
export async function follow(
  context: Context,
  plane: ControlPlane,
  workflowId: string,
  options: FollowOptions,
): Promise<number> {
  // With --json standard output belongs to the data.
  const write = context.json ? context.say : context.out;
  const screen = !context.json && process.stdout.isTTY === true && !process.env['CI'];
  const drawn = new Screen();
  let changes = new Changes();
  const interrupted = new AbortController();
  const onInterrupt = (): void => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  const end = options.timeout === undefined ? Infinity : Date.now() + options.timeout;
  let runId = options.runId;
  let away: number | undefined;
  let look: Look | undefined;
  try {
    for (;;) {
      try {
        look = await lookAt(plane, workflowId, runId);
        away = undefined;
      } catch (error) {
        if (!(error instanceof Fault) || error.exit !== exitCodes.unreachable.code || !look) throw error;
        if (away === undefined) write(`${error.message} The run is kept; still trying.`);
        away ??= Date.now();
        if (Date.now() - away > patience) throw error;
        await pause(pollEvery * 2, interrupted.signal);
        if (interrupted.signal.aborted) return wentAway(context, look);
        continue;
      }
      if (look.status === 'CONTINUED_AS_NEW') {
        // A guard that began its history anew is still the same guard.
        runId = undefined;
        changes = new Changes();
        continue;
      }
      // From here on it is this execution, not whatever takes the same lock next.
      runId = look.runId;
      const now = Date.now();
      if (screen)
        drawn.draw(
          renderLook(look, { paint: paint(context.colour), now, steps: Math.max(5, (process.stdout.rows ?? 40) - 26) }),
        );
      else for (const line of changes.since(look, now)) write(line);
      const over =
        closed.has(look.status) ||
        (look.view !== undefined &&
          endStates.has(look.view.state) &&
          look.blind === undefined &&
          look.status !== 'RUNNING');
      if (over) break;
      if (options.until === 'person' && look.view && (needsPerson.has(look.view.state) || look.view.waitsOn)) break;
      if (look.view && options.enough?.(look.view)) break;
      if (now >= end) break;
      await pause(Math.min(pollEvery, Math.max(1, end - now)), interrupted.signal);
      if (interrupted.signal.aborted) return wentAway(context, look);
    }
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
  if (context.json) context.out(toJson(look));
  // Line by line everything was said already, but for the verdict.
  else if (!screen && look.view && endStates.has(look.view.state)) {
    for (const line of endLines(look.view, paint(context.colour))) context.out(plainLine(line, context.colour));
  }
  return exitOfLook(look);
}

/** A run that is over without a word of its own (terminated, or nobody to ask) is judged by Temporal's status. */
export function exitOfLook(look: Look): number {
  const told =
    look.view && (!closed.has(look.status) || endStates.has(look.view.state)) ? exitOf(look.view) : undefined;
  if (told !== undefined) return told;
  if (look.status === 'COMPLETED') return exitCodes.ok.code;
  return closed.has(look.status) ? exitCodes.ended.code : exitCodes.unreachable.code;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function wentAway(context: Context, look: Look): number {
  context.say(`\nStopped watching; the run goes on. Come back with: ./dr watch ${look.workflowId}`);
  return exitCodes.interrupted.code;
}

/**
 * Draws in place: up over what was drawn before, then everything below wiped. Long lines are left to the terminal to wrap,
 * so that a command can be copied whole; what does not fit is cut off at the top, because the bottom says what to do.
 */
class Screen {
  private height = 0;

  draw(lines: string[]): void {
    const width = process.stdout.columns ?? 100;
    const room = (process.stdout.rows ?? 40) - 1;
    const shown: string[] = [];
    let height = 0;
    for (const line of lines.toReversed()) {
      const rows = Math.max(1, Math.ceil(visible(line) / width));
      if (height + rows > room) break;
      shown.unshift(line);
      height += rows;
    }
    const up = this.height > 0 ? `\u001b[${this.height}A\r` : '';
    process.stdout.write(`${up}\u001b[0J${shown.join('\n')}\n`);
    this.height = height;
  }
}

// eslint-disable-next-line no-control-regex
const visible = (line: string): number => line.replace(/\u001b\[\d+m/g, '').length;

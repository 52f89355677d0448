/** What is new since the last look, one line each: for logs and pipes, where a screen cannot be drawn again. */
import { endStates } from '../../workflows/contracts/run-view';
import { stateWords } from '../../workflows/contracts/words';
import type { Look } from './look';
import { paint, plainText } from './paint';
import { progressLine } from './progress';
import { renderTodo } from './render';

/** Progress is said again after this long, or after a tenth of the way. Milliseconds. */
const progressEvery = 10_000;

/** Turns a run that is looked at again and again into lines, one per change: for a pipe or a log, where nothing can be redrawn. */
export class Changes {
  private entries = 0;
  private begun = new Set<string>();
  private state = '';
  private todo = '';
  private trouble = '';
  private said = { at: 0, tenth: -1, what: '' };

  /** @param now milliseconds since 1970 */
  since(look: Look, now: number): string[] {
    const lines: string[] = [];
    const { view } = look;
    if (view) {
      const log: { at: string; text: string }[] = view.timeline.slice(this.entries).map(({ at, text, kind }) => ({
        at,
        text: kind === 'phase' ? `== ${text}` : text,
      }));
      this.entries = view.timeline.length;
      for (const step of view.steps) {
        const key = `${step.number}.${step.attempts}`;
        if (!this.begun.has(key) && step.state === 'running')
          log.push({ at: step.startedAt, text: `${step.number} ${step.title} …` });
        this.begun.add(key);
      }
      lines.push(
        ...log.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).map(({ at, text }) => `${at.slice(11, 19)} ${text}`),
      );
    }
    lines.push(...this.progress(look, now));
    const trouble = look.fault ?? look.failure ?? look.blind ?? '';
    if (trouble !== this.trouble && trouble !== '')
      lines.push(`${clock(now)} ${look.fault ? 'fault' : look.failure ? 'failed' : 'blind'}: ${trouble}`);
    this.trouble = trouble;
    if (view && view.state !== this.state) {
      this.state = view.state;
      lines.push(`${clock(now)} state: ${stateWords[view.state]}${view.waitingFor ? `: ${view.waitingFor}` : ''}`);
    }
    if (view && !endStates.has(view.state)) {
      const todo = renderTodo(view, paint(false));
      if (todo.join('\n') !== this.todo) lines.push(...todo);
      this.todo = todo.join('\n');
    }
    return lines.flatMap((line) => line.split('\n')).map(plainText);
  }

  private progress(look: Look, now: number): string[] {
    const progress = look.pending.find((one) => one.progress)?.progress;
    // A guard that watches has been at it for weeks: only what happens is news.
    if (!progress || look.view?.state === 'watching') return [];
    const { doneBytes = 0, totalBytes = 0 } = progress;
    const tenth = totalBytes > 0 ? Math.floor((doneBytes / totalBytes) * 10) : -1;
    const news = progress.what !== this.said.what || tenth !== this.said.tenth || now - this.said.at >= progressEvery;
    if (!news) return [];
    this.said = { at: now, tenth, what: progress.what };
    return [`${clock(now)}   ${progressLine(progress)}`];
  }
}

const clock = (now: number): string => new Date(now).toISOString().slice(11, 19);

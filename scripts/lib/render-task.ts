/** What a run wants of people beside gates and holds, for the terminal. */
import type { RunView } from '../../workflows/contracts/run-view';
import type { Paint } from './paint';

/** How things stand, while people have something to do about it. */
export const taskFacts = ({ task, facts }: RunView, paint: Paint): string[] =>
  task
    ? facts.flatMap(({ title, facts: all }) => [
        paint.bold(title),
        ...all.map(({ label, value }) => `  ${label}: ${value}`),
      ])
    : [];

/** The lines to type. */
export const taskTodo = ({ task }: RunView): string[] =>
  (task?.commands ?? []).map((one) => `  ${one.startsWith('temporal ') ? `plain temporal: ${one}` : one}`);

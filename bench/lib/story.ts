import type { RunView } from '../../workflows/contracts/run-view';

/** The end of the timeline and the problems of a run, one line each: what an error of the bench shows. */
export function story(view: RunView): string {
  const lines = view.timeline.map((one) => `  ${one.at.slice(11, 23)} ${one.kind.padEnd(8)} ${one.text}`);
  const held = view.hold ? [`  held: ${view.hold.problem.code} ${view.hold.problem.message}`] : [];
  return [...lines.slice(-15), ...held, ...view.problems.map((one) => `  ${one.code} ${one.message}`)].join('\n');
}

import { megabytes, ms, table } from '../lib/print';
import type { Summary } from '../lib/statistics';
import { phaseNames, phases } from './phases';
import type { PitrResult } from './result';

/** The result as text for a terminal. */
export function render(result: PitrResult): string {
  return [head(result), sideBySide(result), beside(result), result.method.map((line) => `- ${line}`).join('\n')].join(
    '\n\n',
  );
}

function head({ machine, sizes, runs, at }: PitrResult): string {
  return [
    `Point-in-time recovery, ${at.slice(0, 16).replace('T', ' ')} UTC, ${runs} runs each way`,
    `${machine.processors} × ${machine.model}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, ${machine.system}, load ${machine.load.toFixed(1)} at the start`,
    `${machine.postgres}, ${machine.pgbackrest}, Docker ${machine.docker}, ${machine.temporal}, Node ${machine.node}`,
    `${megabytes(sizes.backupBytes)} to copy, ${megabytes(sizes.walBytes)} of WAL to replay`,
  ].join('\n');
}

function sideBySide({ product, script, ratio, bars }: PitrResult): string {
  const row = (name: string, ours: Summary, theirs: Summary): string[] => [
    name,
    ms(ours.median),
    ms(ours.worst),
    ms(theirs.median),
    ms(theirs.worst),
    ms(ours.median - theirs.median),
  ];
  const rows = [
    ['phase', 'product', 'worst', 'by hand', 'worst', 'difference'],
    ...phaseNames.map((name) => row(name, product.phases[name], script.phases[name])),
    row('start to client write', product.total, script.total),
  ];
  return [
    table(rows),
    '',
    `ratio product / by hand: ${ratio.ofMedians.toFixed(3)} of the medians, ${ratio.ofPairs.worst.toFixed(3)} the worst pair; bar ≤ ${bars.ratio}: ${verdict(ratio.ofMedians <= bars.ratio)}`,
    `gate open (not counted): ${ms(product.human.median)}`,
    '',
    ...phaseNames.map((name) => `  ${name.padEnd(13)} ${phases[name]}`),
  ].join('\n');
}

function beside({ activityCost, refusal, workerKilled, product, bars }: PitrResult): string {
  return [
    `cost per activity: ${ms(activityCost.perStep.median)}, worst run ${ms(activityCost.perStep.worst)}, slowest single ${ms(activityCost.slowest)} (${activityCost.perStep.n} runs of ${activityCost.steps}); bar ≤ ${bars.activityMs} ms: ${verdict(activityCost.perStep.median <= bars.activityMs)}`,
    `unreachable target → refused: ${ms(refusal.all.median)}, worst ${ms(refusal.all.worst)} (ahead of the primary ${ms(refusal.ahead.median)}, before the first backup ${ms(refusal.tooOld.median)}, n=${refusal.all.n}); bar ≤ ${ms(bars.refusalMs)}: ${verdict(refusal.all.worst <= bars.refusalMs)}`,
    `worker killed → work goes on: ${ms(workerKilled.all.median)}, worst ${ms(workerKilled.all.worst)} (restore ${ms(workerKilled.restore.median)}, replay ${ms(workerKilled.replay.median)}, n=${workerKilled.all.n}); bar ≤ ${ms(bars.workerKilledMs)}: ${verdict(workerKilled.all.worst <= bars.workerKilledMs)}`,
    `history of a run: ${product.historyEvents.median} events, ${(product.historyBytes.median / 1000).toFixed(0)} kB`,
  ].join('\n');
}

const verdict = (met: boolean): string => (met ? 'met' : 'missed');

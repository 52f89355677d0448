import { ms, table } from '../lib/print';
import { bars, type FailoverResult, type Row } from './result';

/** The result as text for a terminal. */
export function render(result: FailoverResult): string {
  const { machine, rows, problems, at, runs } = result;
  return [
    [
      `Failover, ${at.slice(0, 16).replace('T', ' ')} UTC, ${runs} runs of each`,
      `${machine.processors} × ${machine.model}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, ${machine.system}, load ${machine.load.toFixed(1)} at the start`,
      `${machine.postgres}, Docker ${machine.docker}, ${machine.temporal}, Node ${machine.node}, ${result.beside}`,
    ].join('\n'),
    table([['', 'n', 'no write for', 'worst', 'lost rows', 'failed', 'fenced', 'old side wrote'], ...rows.map(line)]),
    rows
      .filter((row) => row.cluster === 'product')
      .map((row) => `product, ${row.disaster}: bar ≤ ${ms(bars[row.disaster])}: ${verdict(row)}`)
      .join('\n'),
    problems.map((one) => `NOT MEASURED: ${one}`).join('\n'),
    result.method.map((one) => `- ${one}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function line(row: Row): string[] {
  const { splitBrain, outcomes } = row;
  return [
    `${row.disaster}: ${row.cluster}`,
    String(outcomes.length),
    ms(row.stall.median),
    ms(row.stall.worst),
    String(row.lost),
    String(row.failed.median),
    // A planned swap keeps the old server as a standby: there is nothing to fence.
    row.disaster === 'switchover' ? '' : `${row.fenced} of ${outcomes.length}`,
    splitBrain ? `${splitBrain.writes} rows, ${splitBrain.runs} of ${outcomes.length} runs` : '',
  ];
}

function verdict({ stall, disaster, failed }: Row): string {
  const met = stall.median <= bars[disaster] && (disaster !== 'switchover' || failed.worst === 0);
  return met ? 'met' : 'missed';
}

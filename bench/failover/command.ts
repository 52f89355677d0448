import { Command, Option } from 'commander';
import { run } from '../../platform/run';
import { machine } from '../lib/machine';
import { count } from '../lib/options';
import { log } from '../lib/print';
import { afterwards, lock, tidily } from '../lib/tidy';
import { sweep } from './containers';
import { measurePatroni, measureProduct, measureScript, names, type Contestant, type Setting } from './contestants';
import { disasters } from './outcome';
import { buildPatroniImage, patroniImage } from './patroni/image';
import { render } from './render';
import { bars, method, type FailoverResult, type Row } from './result';

const project = 'shandi-bench-failover';

interface Options {
  runs: number;
  ports: number;
  only?: Contestant;
  quick?: boolean;
  json?: boolean;
}

/** `bench failover`: the product beside Patroni with etcd and beside a bare script, in one run on one machine. */
export function failoverCommand(): Command {
  return new Command('failover')
    .description('loss of the primary, and planned swap: the product beside Patroni with etcd and a bare script')
    .option('--runs <n>', 'runs of each disaster (default 7)', count(50), 7)
    .addOption(new Option('--only <who>', 'measure one of them').choices(names))
    .option('--quick', 'one run of each, and Patroni with its short time-outs only')
    .option('--ports <offset>', 'added to every port (default 22000)', count(24_000), 22_000)
    .option('--json', 'print all numbers as one JSON object')
    .addHelpText(
      'after',
      `
Takes about 20 minutes, most of which Patroni waits; --quick takes four. Works on a platform, clusters, a Temporal server
and volumes of its own (project ${project}, ports of its own), which it removes at the end, also on Ctrl-C.
Exit code 0: measured, whatever the numbers; 1: a run could not be measured or set up.`,
    )
    .action(async (options: Options) => {
      try {
        const result = await tidily(() => measureAll(options));
        process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${render(result)}\n`);
        if (result.problems.length > 0) process.exitCode = 1;
      } catch (error) {
        process.stderr.write(`bench failover: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
      }
    });
}

async function measureAll({ runs: wanted, ports, only, quick = false }: Options): Promise<FailoverResult> {
  lock(project);
  const runs = quick ? 1 : wanted;
  const on = await machine();
  if (on.load > on.processors / 2)
    log(
      `the load is ${on.load.toFixed(1)} on ${on.processors} processors: something else is at work, and it will show`,
    );
  await buildPatroniImage();
  afterwards('removing the clusters', sweep);
  await sweep();
  const problems: string[] = [];
  const setting: Setting = { runs, ports, project, patient: !quick, problem: (text) => problems.push(text) };
  const measured: Row[] = [];
  const ways: [Contestant, (setting: Setting) => Promise<Row[]>][] = [
    ['script', measureScript],
    ['patroni', measurePatroni],
    ['product', measureProduct],
  ];
  for (const [name, way] of ways) if (!only || only === name) measured.push(...(await way(setting)));
  const order = (row: Row): number => disasters.indexOf(row.disaster) * 10 + (row.cluster === 'product' ? 0 : 1);
  return {
    bench: 'failover',
    at: new Date().toISOString(),
    machine: on,
    beside: await versions(),
    runs,
    rows: measured.sort((a, b) => order(a) - order(b)),
    problems,
    bars,
    method,
  };
}

async function versions(): Promise<string> {
  const ask = (...command: string[]): Promise<string> =>
    run('docker', ['run', '--rm', '--network', 'none', patroniImage, ...command]).then(
      ({ stdout }) => stdout.trim().split('\n')[0] ?? '',
    );
  return (await Promise.all([ask('patroni', '--version'), ask('etcd', '--version')])).join(', ');
}

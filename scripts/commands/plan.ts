import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  comparePlan,
  loadPlan,
  PlanError,
  planDocument,
  renderPlan,
  type LoadedPlan,
  type PlanDifference,
  type PlanFault,
} from '../../plan';

/** Exit code when the plan has faults or does not agree with the Compose files. */
const FAULTS = 3;

/** The plan of this checkout, used when none is named. */
const DEFAULT_PLAN = resolve(__dirname, '../../plan/shandi.yaml');

/** Where the output goes. */
type Write = (text: string) => void;

interface Options {
  plan: string;
  json?: boolean;
}

interface CheckResult {
  ok: boolean;
  plan: string;
  version?: string;
  hash?: string;
  faults: PlanFault[];
  warnings: PlanFault[];
  differences: PlanDifference[];
  notes: string[];
}

/**
 * The `plan` command with its sub-commands `check` and `show`.
 *
 * @param write takes the output. Default: standard output
 */
export function planCommand(write: Write = (text) => void process.stdout.write(text)): Command {
  const command = new Command('plan').description('check and show the recovery plan');
  command
    .command('check')
    .description('find every fault of the plan, and every point in which the Compose files disagree with it')
    .option('--plan <path>', 'plan file', DEFAULT_PLAN)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExit code: 0 the plan is good, 3 it has faults.\nExample: dr plan check --plan plan/shandi.yaml --json',
    )
    .action(async (options: Options) => {
      const result = await check(options.plan);
      write(options.json ? `${JSON.stringify(result, null, 2)}\n` : checkPage(result));
      if (!result.ok) process.exitCode = FAULTS;
    });
  command
    .command('show')
    .description('print the plan as one readable page')
    .option('--plan <path>', 'plan file', DEFAULT_PLAN)
    .option('--json', 'print one JSON object: hash, path, root, and the plan as it is written')
    .addHelpText('after', '\nExit code: 0 shown, 3 the plan has faults.\nExample: dr plan show | less')
    .action(async (options: Options) => {
      const loaded = await loadOrFaults(options.plan);
      if (loaded instanceof PlanError) {
        const result = { ok: false, plan: options.plan, faults: loaded.faults };
        write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${loaded.message}\n`);
        process.exitCode = FAULTS;
        return;
      }
      const { plan, hash, path, root } = loaded;
      write(
        options.json
          ? `${JSON.stringify({ hash, path, root, plan: planDocument(plan) }, null, 2)}\n`
          : renderPlan(loaded),
      );
    });
  return command;
}

async function loadOrFaults(path: string): Promise<LoadedPlan | PlanError> {
  try {
    return await loadPlan(path);
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
}

async function check(path: string): Promise<CheckResult> {
  const loaded = await loadOrFaults(path);
  if (loaded instanceof PlanError) {
    return { ok: false, plan: path, faults: loaded.faults, warnings: [], differences: [], notes: [] };
  }
  const { differences, notes } = await comparePlan(loaded);
  const { plan, hash, warnings } = loaded;
  return {
    ok: differences.length === 0,
    plan: path,
    version: plan.version,
    hash,
    faults: [],
    warnings,
    differences,
    notes,
  };
}

function checkPage(result: CheckResult): string {
  const lines = [
    ...result.faults.map((fault) => `fault       ${fault.sentence}`),
    ...result.differences.map((difference) => `difference  ${difference.sentence}`),
    ...result.warnings.map((warning) => `warning     ${warning.sentence}`),
    ...result.notes.map((note) => `note        ${note}`),
  ];
  const count = result.faults.length + result.differences.length;
  const verdict = result.ok
    ? `The plan ${result.plan} is good and agrees with the Compose files. Version ${result.version}, hash ${result.hash}.`
    : `The plan ${result.plan} has ${result.faults.length} fault(s) and ${result.differences.length} difference(s) from the Compose files: ${count} to mend.`;
  return `${[...lines, verdict].join('\n')}\n`;
}

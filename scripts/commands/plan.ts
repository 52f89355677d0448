import { Command } from 'commander';
import { planPath } from '../../activities/evidence/pin-plan';
import {
  comparePlan,
  derivePlan,
  loadPlan,
  PlanError,
  planDocument,
  renderPlan,
  type LoadedPlan,
  type Plan,
  type PlanDifference,
  type PlanFault,
} from '../../plan';
import { act } from '../lib/act';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';

/** Where the output goes. */
type Write = (text: string) => void;

const plain =
  'plain temporal: none; the plan is a file. The one that a run began with: temporal workflow show -w recover.database.shandi -o json';

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
 * The `plan` command with its sub-commands `check`, `show` and `render`.
 *
 * @param write takes the output. Default: standard output
 */
export function planCommand(write?: Write): Command {
  const command = new Command('plan').description('check, show and render the recovery plan');
  const add = (
    name: string,
    description: string,
    help: string,
    action: (path: string, context: Context, options: Record<string, unknown>) => Promise<number>,
    more: [flags: string, says: string][] = [],
  ): void => {
    const one = command
      .command(name)
      .description(description)
      .option('--plan <path>', 'plan file (default: DR_PLAN, else plan/shandi.yaml of this checkout)')
      .option('--json', 'print one JSON object')
      .addHelpText('after', help);
    for (const [flags, says] of more) one.option(flags, says);
    act(one, (given, _args, options) => {
      const path = typeof options['plan'] === 'string' ? options['plan'] : planPath();
      return action(path, write ? { ...given, out: write, say: () => undefined } : given, options);
    });
  };

  add(
    'check',
    'find every fault of the plan, and every point in which the Compose files disagree with it',
    `\nExample: dr plan check --plan plan/shandi.yaml --json\n${plain}\nExit code: 0 the plan is good, 3 it has faults.`,
    async (path, context) => {
      const result = await check(path);
      context.out(context.json ? toJson(result) : checkPage(result));
      context.say(plain);
      return result.ok ? exitCodes.ok.code : exitCodes.refused.code;
    },
  );
  add(
    'show',
    'print the plan as one readable page; with --json hash, path, root, and the plan as it is written',
    `\nExample: dr plan show | less\n${plain}\nExit code: 0 shown, 3 the plan has faults.`,
    async (given, context) => {
      const loaded = await loadOrFaults(given);
      if (loaded instanceof PlanError) {
        context.out(context.json ? toJson({ ok: false, plan: given, faults: loaded.faults }) : loaded.message);
        return exitCodes.refused.code;
      }
      const { plan, hash, path, root } = loaded;
      context.out(context.json ? toJson({ hash, path, root, plan: planDocument(plan) }) : renderPlan(loaded).trimEnd());
      context.say(plain);
      return exitCodes.ok.code;
    },
  );
  add(
    'render',
    'the plan as a document for people, each claim with the run that last proved it',
    `\nThe proofs are those of the reports on this machine: render it where the control worker writes them.\nExample: dr plan render --to recovery-plan.html\n${plain}\nExit code: 0 rendered, 2 bad value, 3 the plan has faults.`,
    async (given, context, options) => {
      const loaded = await loadOrFaults(given);
      if (loaded instanceof PlanError) {
        context.out(context.json ? toJson({ ok: false, plan: given, faults: loaded.faults }) : loaded.message);
        return exitCodes.refused.code;
      }
      return (await import('./plan-render.js')).render(context, loaded, options);
    },
    [
      ['--html', 'as a page; so is a file whose name ends with .html (default: Markdown)'],
      ['--to <file>', 'write it to a file (default: print it)'],
      [
        '--since <file>',
        'a version that was rendered before, to say what has changed (default: the file of --to, as it was)',
      ],
    ],
  );
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
  const faults = faultsOfCopy(plan);
  return {
    ok: differences.length === 0 && faults.length === 0,
    plan: path,
    version: plan.version,
    hash,
    faults,
    warnings,
    differences,
    notes,
  };
}

/** The plan of the copy that drills work on is made of this one: what is wrong with it is known only then. */
function faultsOfCopy(plan: Plan): PlanFault[] {
  if (!plan.drills) return [];
  try {
    derivePlan(plan, plan.drills);
    return [];
  } catch (error) {
    if (error instanceof PlanError) return error.faults;
    throw error;
  }
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
  return [...lines, verdict].join('\n');
}

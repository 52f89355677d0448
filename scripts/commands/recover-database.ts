import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { fromRoot } from '../../activities/shared/paths';
import {
  controlQueue,
  databaseResource,
  readingLock,
  recoveryLock,
  searchAttributes,
} from '../../workflows/contracts/names';
import { describeTarget, pitrInputSchema, type PitrInput } from '../../workflows/contracts/pitr';
import { bounded, withControlPlane, type ControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { follow } from '../lib/follow';
import { durationOption, followOptions, who } from '../lib/options';
import { plainStart, sayPlain } from '../lib/plain';
import { firstIssues, targetOf, targetOptionOf } from '../lib/target';
import { demandWorker } from '../lib/workers';

const optionOf: Record<string, string> = {
  ...targetOptionOf,
  database: 'Argument <name>',
  mode: '--mode',
  backup: '--backup',
  timeline: '--timeline',
  disasterAt: '--disaster-at',
  planHash: '--plan-hash',
  approvalTimeoutMs: '--approval-timeout',
};

/** The input of the procedure from the command line. @throws Fault naming every wrong value at once */
export function inputOf(name: string, options: Record<string, unknown>): PitrInput {
  const faults: string[] = [];
  const target = targetOf(options, faults);
  const { by, reason } = who(options, faults);
  const approvalTimeoutMs = durationOption('--approval-timeout', options['approvalTimeout'], faults);
  const timeline = options['timeline'];
  if (timeline !== undefined && !/^[1-9]\d{0,8}$/.test(String(timeline))) {
    faults.push(`--timeline is "${String(timeline)}": expected a whole number from 1.`);
  }
  const raw = {
    database: name,
    // A missing target has its own sentence already; the rest is still checked.
    target: target ?? { kind: 'latest' },
    mode: options['mode'],
    ...(options['backup'] === undefined ? {} : { backup: options['backup'] }),
    ...(timeline === undefined ? {} : { timeline: Number.parseInt(String(timeline), 10) || 1 }),
    ...(options['disasterAt'] === undefined ? {} : { disasterAt: options['disasterAt'] }),
    ...(options['planHash'] === undefined ? {} : { planHash: options['planHash'] }),
    ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }),
    fullBackup: options['fullBackup'] !== false,
    rebuildStandbys: options['standbys'] !== false,
    reason: reason || 'missing',
    by: by || 'missing',
  };
  const parsed = pitrInputSchema.safeParse(raw);
  if (!parsed.success) {
    for (const issue of firstIssues(parsed.error.issues)) {
      const path = issue.path.map(String).join('.');
      const flag = optionOf[path];
      if (!flag) continue; // --by and --reason were judged above
      const value = issue.path.reduce<unknown>(
        (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
        raw,
      );
      faults.push(`${flag} is ${JSON.stringify(value)}: ${issue.message}.`);
    }
  }
  if (faults.length > 0 || !parsed.success) throw inputFault(faults, 'recover database');
  return parsed.data;
}

/** The plan of this checkout is a help here, not the judge: the run pins the plan its control worker has. */
async function demandKnownDatabase(name: string): Promise<void> {
  const { loadPlan, PlanError } = await import('../../plan/index.js');
  const path = fromRoot(process.env['DR_PLAN'] || 'plan/shandi.yaml');
  try {
    const { plan } = await loadPlan(path);
    const names = plan.databases.map((one) => one.name);
    if (names.includes(name)) return;
    throw inputFault(
      [`Argument <name> is "${name}": the plan ${path} has no such database. Expected ${names.join(' or ')}.`],
      'recover database',
    );
  } catch (error) {
    if (error instanceof PlanError)
      throw new Fault('refused', error.message, 'Mend every fault it names; `./dr plan check` looks again.');
    throw error;
  }
}

async function start(plane: ControlPlane, workflowId: string, input: PitrInput): Promise<string> {
  const resource = databaseResource(input.database);
  try {
    const handle = await bounded(plane, () =>
      plane.client.workflow.start('pointInTimeRecovery', {
        workflowId,
        taskQueue: controlQueue,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
        typedSearchAttributes: [
          { key: searchAttributes.procedure, value: 'pointInTimeRecovery' },
          { key: searchAttributes.resource, value: resource },
        ],
        staticSummary: `${input.mode} ${resource}: ${describeTarget(input.target)}`,
        staticDetails: `${input.reason} (started by ${input.by})`,
      }),
    );
    return handle.firstExecutionRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      throw new Fault(
        'locked',
        `DR-LOCKED: ${workflowId} is under way already: two runs of one resource never work at once. Nothing was started.`,
        `Watch it with \`./dr watch ${workflowId}\`, or end it with \`./dr abort ${workflowId} --reason "WHY"\`.`,
      );
    }
    const text = `${(error as Error).message} ${String((error as Error).cause ?? '')}`;
    // Without them the run would stall at its first line, so it is not started at all.
    if (/search attribute/i.test(text)) {
      const names = Object.values(searchAttributes).map((key) => `--name ${key.name} --type Keyword`);
      throw new Fault(
        'unreachable',
        `The server at ${plane.address} does not know the search attributes of recovery runs. Nothing was started.`,
        `Register them: temporal operator search-attribute create ${names.join(' ')}`,
      );
    }
    throw error;
  }
}

export async function recoverDatabase(
  context: Context,
  name: string,
  options: Record<string, unknown>,
): Promise<number> {
  const faults: string[] = [];
  const following = followOptions(options, faults);
  let input: PitrInput | undefined;
  try {
    input = inputOf(name, options);
  } catch (error) {
    if (!(error instanceof Fault) || faults.length === 0) throw error;
    faults.unshift(
      ...error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim()),
    );
  }
  if (faults.length > 0 || !input) throw inputFault(faults, 'recover database');
  await demandKnownDatabase(input.database);
  const resource = databaseResource(input.database);
  const workflowId = input.mode === 'recover' ? recoveryLock(resource) : readingLock(input.mode, resource);
  const given = input;
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    const runId = await start(plane, workflowId, given);
    context.say(`Started ${workflowId} (run ${runId}).`);
    sayPlain(context, plainStart(workflowId, controlQueue, 'pointInTimeRecovery', given));
    if (options['detach']) {
      context.say(`Follow it with: ./dr watch ${workflowId}`);
      if (context.json) context.out(toJson({ workflowId, runId, input: given }));
      return exitCodes.ok.code;
    }
    return follow(context, plane, workflowId, { runId, ...following });
  });
}

/**
 * A real Temporal server with the real procedures and kernel, and a site whose activities are fakes: for what the kernel
 * does with answers and failures. What recovery does to servers is tested on real ones, in test/procedures.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { toolPaths } from '../../scripts/set-up/paths';
import { workflowBundle } from '../../workers/bundle';
import {
  controlQueue,
  databaseResource,
  guardLock,
  recoveryLock,
  searchAttributes,
  siteQueue,
  type ProcedureName,
} from '../../workflows/contracts/names';
import type { PitrInput } from '../../workflows/contracts/pitr';
import { openRuns } from '../../activities/evidence/open-runs';
import { pinPlan } from '../../activities/evidence/pin-plan';
import { readPast } from '../../activities/evidence/read-past';
import type { FakeSite } from './fake-site';

let quietened = false;
/** A test prints its own story; the SDK's is one `DR_LOG_LEVEL=INFO` away. Once per process, before anything else of Temporal's. */
function quiet(): void {
  if (quietened) return;
  quietened = true;
  const level = (process.env['DR_LOG_LEVEL'] ?? 'ERROR') as 'ERROR';
  Runtime.install({
    logger: new DefaultLogger(level),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: level, other: level }) } },
  });
}

const shandi = databaseResource('shandi');
/** Id of a procedure on the plan's database. */
export const lockOf = (procedure: ProcedureName): string =>
  procedure === 'guardDatabase' ? guardLock(shandi) : recoveryLock(shandi);

export class House {
  private constructor(
    readonly env: TestWorkflowEnvironment,
    private readonly bundle: { codePath: string },
  ) {}

  static async open(): Promise<House> {
    quiet();
    process.env['DR_HOME'] ??= mkdtempSync(join(tmpdir(), 'dr-house-'));
    const [env, bundle] = await Promise.all([
      TestWorkflowEnvironment.createLocal({
        server: {
          executable: { type: 'existing-path', path: toolPaths().temporal },
          searchAttributes: Object.values(searchAttributes),
          extraArgs: [
            ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
            ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=2000'],
          ],
        },
      }),
      workflowBundle(join(tmpdir(), 'dr-test-bundles')),
    ]);
    return new House(env, bundle);
  }

  get client(): Client {
    return this.env.client;
  }

  close(): Promise<void> {
    return this.env.teardown();
  }

  /** Runs `act` with a control worker, and site workers that share the fake site. @param sites those whose worker runs */
  async with<T>(site: FakeSite, act: () => Promise<T>, sites: string[] = ['primary']): Promise<T> {
    const common = { connection: this.env.nativeConnection, stickyQueueScheduleToStartTimeout: '1 second' } as const;
    const control = await Worker.create({
      ...common,
      taskQueue: controlQueue,
      workflowBundle: this.bundle,
      activities: {
        openRuns,
        pinPlan,
        writeReport: async () => ({ json: { path: 'x' }, html: { path: 'y' } }),
        readPast: async (args: Parameters<typeof readPast>[0]) => ({
          ...(await readPast(args)),
          ...site.readiness.past,
        }),
        ...site.people.activities(),
        ...site.periodic.activities(),
      },
    });
    const activities = site.activities();
    const beside = await Promise.all(
      sites.map((name) => Worker.create({ ...common, taskQueue: siteQueue(name), activities })),
    );
    const run = beside.reduce<() => Promise<T>>((inner, worker) => () => worker.runUntil(inner), act);
    // What a test leaves behind, above all one that fails, must not fail the next one.
    return control.runUntil(() => run().finally(() => this.endAll()));
  }

  private async endAll(): Promise<void> {
    for await (const { workflowId } of this.client.workflow.list({ query: `ExecutionStatus = 'Running'` }))
      await this.client.workflow
        .getHandle(workflowId)
        .terminate('its test is over')
        .catch(() => undefined);
  }

  /** Starts any procedure on the plan's database, under the id that is its lock. */
  async start(
    procedure: ProcedureName,
    input: Record<string, unknown> = {},
    workflowId = lockOf(procedure),
  ): Promise<WorkflowHandleWithFirstExecutionRunId> {
    return this.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ database: 'shandi', reason: 'test', by: 'tester', ...input }],
    });
  }

  /** Starts the recovery of a service of the plan. */
  async recoverService(
    input: Record<string, unknown> = {},
    workflowId = 'recover.service.order-service',
  ): Promise<WorkflowHandleWithFirstExecutionRunId> {
    return this.client.workflow.start('serviceRecovery', {
      taskQueue: controlQueue,
      workflowId,
      args: [{ service: 'order-service', reason: 'test', by: 'tester', ...input }],
    });
  }

  /** Starts a recovery of the plan's database with what a test does not care about filled in. */
  async recover(
    input: Partial<PitrInput> | Record<string, unknown> = {},
    workflowId = 'recover.database.shandi',
  ): Promise<WorkflowHandleWithFirstExecutionRunId> {
    return this.client.workflow.start('pointInTimeRecovery', {
      taskQueue: controlQueue,
      workflowId,
      args: [{ database: 'shandi', target: { kind: 'latest' }, reason: 'test', by: 'tester', ...input }],
    });
  }
}

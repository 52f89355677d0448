/**
 * A real Temporal server with the real procedures and kernel, and a site whose activities are fakes: for what the kernel
 * does with answers and failures. What recovery does to servers is tested on real ones, in test/procedures.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { toolPaths } from '../../scripts/set-up/paths';
import { workflowBundle } from '../../workers/bundle';
import { controlQueue, searchAttributes, siteQueue } from '../../workflows/contracts/names';
import type { PitrInput } from '../../workflows/contracts/pitr';
import { runQuery } from '../../workflows/contracts/messages';
import type { Report, RunState, RunView } from '../../workflows/contracts/run-view';
import { pinPlan } from '../../activities/evidence/pinPlan';
import type { FakeSite } from './fake-site';

let quietened = false;
/** A test prints its own story; the SDK's is one `DR_LOG_LEVEL=INFO` away. Once per process, before anything else of Temporal's. */
function quiet(): void {
  if (quietened) return;
  quietened = true;
  Runtime.install({ logger: new DefaultLogger((process.env['DR_LOG_LEVEL'] ?? 'ERROR') as 'ERROR') });
}

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

  /** Runs `act` with a control worker and a site worker over the fake site. */
  async with<T>(site: FakeSite, act: () => Promise<T>): Promise<T> {
    const common = { connection: this.env.nativeConnection, stickyQueueScheduleToStartTimeout: '1 second' } as const;
    const control = await Worker.create({
      ...common,
      taskQueue: controlQueue,
      workflowBundle: this.bundle,
      activities: { pinPlan, writeReport: async () => ({ json: { path: 'x' }, html: { path: 'y' } }) },
    });
    const beside = await Worker.create({ ...common, taskQueue: siteQueue('primary'), activities: site.activities() });
    return control.runUntil(() => beside.runUntil(act));
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

/** Waits until the run is in a state; fails with the run's timeline, so that a failing test tells its story. */
export async function until(handle: WorkflowHandle, state: RunState, timeoutMs = 15_000): Promise<RunView> {
  const end = Date.now() + timeoutMs;
  let view: RunView | undefined;
  while (Date.now() < end) {
    view = await handle.query(runQuery).catch(() => view);
    if (view?.state === state) return view;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`the run is ${view?.state ?? 'unknown'}, expected ${state}\n${story(view)}`);
}

/** The timeline, one line each. */
export function story(view: RunView | undefined): string {
  return (view?.timeline ?? []).map((one) => `${one.at.slice(11, 23)} ${one.kind.padEnd(8)} ${one.text}`).join('\n');
}

/** Hash of the open card. */
export function openCard(view: RunView): string {
  const gate = view.gates.find((one) => one.state === 'open');
  if (!gate) throw new Error(`no gate is open\n${story(view)}`);
  return gate.card.hash;
}

/** Says yes to the card that is open. */
export async function approve(handle: WorkflowHandle, card?: string): Promise<void> {
  const hash = card ?? openCard(await until(handle, 'waiting-approval'));
  await handle.executeUpdate('approve', {
    args: [{ card: hash, by: 'tester', reason: 'test' }],
    updateId: randomUUID(),
  });
}

export const resultOf = (handle: WorkflowHandle): Promise<Report> => handle.result() as Promise<Report>;

/** The failure of a run that did not complete: its code and its sentence. */
export async function failureOf(handle: WorkflowHandle): Promise<{ code: string; message: string }> {
  try {
    await handle.result();
  } catch (error) {
    const cause = (error as Error).cause as Error & { type?: string };
    return { code: cause?.type ?? cause?.name ?? 'none', message: cause?.message ?? String(error) };
  }
  throw new Error('the run completed, expected it to fail');
}

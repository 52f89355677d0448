import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { approveUpdate, rejectUpdate, runQuery } from '../../workflows/contracts/messages';
import { controlQueue, databaseResource, recoveryLock } from '../../workflows/contracts/names';
import type { PitrInput } from '../../workflows/contracts/pitr';
import { endStates } from '../../workflows/contracts/run-view';
import { story } from '../lib/story';
import { phasesOf, total, type PhaseTimes } from './phases';
import type { Stand } from './stand';

/** One recovery by the product. Milliseconds. */
export interface ProductRun {
  phases: PhaseTimes;
  /** From asking for the run to the client's write, without `human`. */
  total: number;
  /** The gate was open: what the bench took to see and answer the card. Not in `total`. */
  human: number;
  /** Of the whole run, protection and report included. */
  history: { events: number; bytes: number };
  /** Every step of the run, for looking closer: when it began and how long it took. Steps beside each other overlap. */
  steps: { title: string; at: number; took: number }[];
}

const operator = { by: 'the bench', reason: 'side-by-side measurement' };

export class Product {
  private constructor(
    private readonly connection: Connection,
    readonly client: Client,
    private readonly stand: Stand,
  ) {}

  static async connect(address: string, stand: Stand): Promise<Product> {
    const connection = await Connection.connect({ address });
    return new Product(connection, new Client({ connection }), stand);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /**
   * Starts a recovery of the stand to its target; everything after the client's write that is optional is left out.
   * @param more what is to be another than the stand's; undefined leaves a choice to the run
   */
  start(more: Partial<Record<keyof PitrInput, unknown>> = {}): Promise<WorkflowHandle> {
    const { database, backup, timeline, target } = this.stand;
    const input = {
      database: database.name,
      target: { kind: 'time', time: target },
      backup,
      timeline,
      ...operator,
      fullBackup: false,
      rebuildStandbys: false,
      ...more,
    };
    return this.client.workflow.start('pointInTimeRecovery', {
      taskQueue: controlQueue,
      workflowId: recoveryLock(databaseResource(database.name)),
      args: [input],
    });
  }

  /**
   * Asks for a moment that cannot be had, as a person does: backup and timeline are for the run to find.
   * @returns milliseconds from asking to the refusal @throws Error with the run's own words when it was not refused for that
   */
  async refused(time: string): Promise<number> {
    const began = Date.now();
    const handle = await this.start({ target: { kind: 'time', time }, backup: undefined, timeline: undefined });
    const failure = await handle.result().then(
      () => undefined,
      (error: unknown) => (error as Error).cause as Error | undefined,
    );
    const took = Date.now() - began;
    if (/DR-TARGET-|DR-NO-BACKUP/.test(`${(failure as { type?: string } | undefined)?.type} ${failure?.message}`))
      return took;
    throw new Error(`the target ${time} was not refused:\n${story(await handle.query(runQuery))}`);
  }

  /** Recovers once, approving at once. @throws Error with the run's own words when it did not verify its recovery */
  async recover(): Promise<ProductRun> {
    const began = Date.now();
    const handle = await this.start();
    await this.answer(handle, 'approve');
    await handle.result().catch(() => undefined);
    const [view, about] = await Promise.all([handle.query(runQuery), handle.describe()]);
    const verifiedAt = view.objectives?.verifiedAt;
    if (!verifiedAt) throw new Error(`the recovery was not verified:\n${story(view)}`);
    const { human } = view.objectives ?? { human: 0 };
    const phases = phasesOf(view.steps, began, human);
    return {
      phases,
      total: total(phases),
      human,
      history: {
        events: about.historyLength,
        bytes: Number(about.raw.workflowExecutionInfo?.historySizeBytes ?? 0),
      },
      steps: view.steps.map((step) => ({
        title: step.title,
        at: Date.parse(step.startedAt) - began,
        took: Date.parse(step.endedAt ?? '') - Date.parse(step.startedAt),
      })),
    };
  }

  /** Answers the gate of a run as soon as it is open. @throws Error when the run ended or holds instead */
  async answer(handle: WorkflowHandle, word: 'approve' | 'reject'): Promise<void> {
    const update = word === 'approve' ? approveUpdate : rejectUpdate;
    for (;;) {
      const view = await handle.query(runQuery).catch(() => undefined);
      const open = view?.gates.find((gate) => gate.state === 'open');
      if (open) {
        const message = { card: open.card.hash, ...operator };
        await handle.executeUpdate(update, { args: [message], updateId: randomUUID() });
        return;
      }
      if (view && (view.state === 'held' || endStates.has(view.state)))
        throw new Error(`the run is ${view.state} instead of waiting for an approval:\n${story(view)}`);
      // Each look is work for the control worker. What it takes to see the card counts as human time, so there is no hurry.
      await sleep(250);
    }
  }
}

/** Bundles of saved histories, made by the product's own export, with a server that is a list of them. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { hashOf } from '../../activities/shared/backup-files';
import { append, manifestName, manifestText, readManifest } from '../../scripts/evidence/chain';
import { exportRun, type ExportOptions } from '../../scripts/evidence/export';
import { walk } from '../../scripts/evidence/files';
import { openBundle, type Bundle } from '../../scripts/evidence/folder';
import type { RunName } from '../../scripts/evidence/history';
import type { ControlPlane } from '../../scripts/lib/connect';
import type { Report } from '../../workflows/contracts/run-view';

interface Payload {
  data: string;
}
interface Event {
  eventId: string;
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string }; input: { payloads: [Payload] } };
  activityTaskCompletedEventAttributes?: { scheduledEventId: string; result: { payloads: [Payload] } };
  workflowTaskCompletedEventAttributes?: { workerVersion?: { buildId: string } };
  workflowExecutionStartedEventAttributes?: { originalExecutionRunId: string };
}

/** A run of test/histories, as JSON that a test may change. */
export interface SavedRun extends RunName {
  history: { events: Event[] };
}

/** @param name `restore-test.passed` */
export function savedRun(name: string): SavedRun {
  const path = join(__dirname, '..', 'histories', `${name}.0.1.0.json`);
  const { workflowId, history } = JSON.parse(readFileSync(path, 'utf8')) as Omit<SavedRun, 'runId'>;
  const runId = history.events[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId ?? '';
  return { workflowId, runId, history };
}

const decode = <T>({ data }: Payload): T => JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as T;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * A run as a real one leaves it: its report on this machine with its checksums in the history, and a log that it names.
 * @param log what the log holds @returns the run, and the folder of its evidence
 */
export function withEvidence(
  run: SavedRun,
  home: string,
  log = 'database system is ready\n',
): { run: SavedRun; folder: string } {
  const name = `evidence/${run.workflowId}-${run.runId.slice(-8)}`;
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'copy.log'), log);
  for (const event of run.history.events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType.name !== 'writeReport') continue;
    const [payload] = scheduled.input.payloads;
    const { report } = decode<{ report: Report }>(payload);
    report.view.evidence = [{ title: 'Log of the copy', path: `${name}/copy.log`, sha256: sha256(log) }];
    payload.data = encode({ report });
    const json = `${JSON.stringify({ ...report, paths: { json: `${name}/report.json`, html: `${name}/report.html` } }, undefined, 2)}\n`;
    const html = '<!doctype html><p>the page</p>\n';
    writeFileSync(join(folder, 'report.json'), json);
    writeFileSync(join(folder, 'report.html'), html);
    const completed = run.history.events.find(
      (one) => one.activityTaskCompletedEventAttributes?.scheduledEventId === event.eventId,
    )?.activityTaskCompletedEventAttributes;
    const ref = (text: string, end: string) => ({ title: end, path: `${name}/report.${end}`, sha256: sha256(text) });
    if (completed) completed.result.payloads[0].data = encode({ json: ref(json, 'json'), html: ref(html, 'html') });
  }
  return { run, folder };
}

/** The run as if the code with that hash had made it. */
export function madeByCode(run: SavedRun, bundle: string): SavedRun {
  for (const { workflowTaskCompletedEventAttributes: task } of run.history.events)
    if (task?.workerVersion) task.workerVersion.buildId = `@temporalio/worker@1.0.0+${bundle}`;
  return run;
}

/** A control plane that has these runs and no other. */
export const planeOfRuns = (runs: SavedRun[]): ControlPlane =>
  ({
    address: 'nowhere',
    namespace: 'default',
    client: {
      withDeadline: (_at: number, call: () => unknown) => call(),
      workflow: {
        getHandle: (workflowId: string, runId: string) => ({
          fetchHistory: () => {
            const found = runs.find((one) => one.runId === runId);
            return found
              ? Promise.resolve(historyFromJSON(found.history))
              : Promise.reject(new WorkflowNotFoundError('not found', workflowId, runId));
          },
        }),
      },
    },
  }) as unknown as ControlPlane;

/** What an export of a test is given. */
export const exportInto = (to: string, more: Partial<ExportOptions> = {}): ExportOptions => ({
  to,
  by: 'tester',
  secrets: { needles: [], tooShort: [] },
  code: { sources: 'of a test', bundle: 'of a test', codePath: '' },
  ...more,
});

/** Exports the first run, and opens its bundle. */
export async function made(runs: SavedRun[], to: string, more: Partial<ExportOptions> = {}): Promise<Bundle> {
  const [run] = runs;
  if (!run) throw new Error('no run');
  const { path } = await exportRun(
    planeOfRuns(runs),
    { workflowId: run.workflowId, runId: run.runId },
    exportInto(to, more),
  );
  return reopened(path);
}

/** A bundle as it is now. */
export async function reopened(path: string): Promise<Bundle> {
  const bundle = await openBundle(path);
  if (!bundle) throw new Error(`no bundle in ${path}`);
  return bundle;
}

/** A forger who knows how bundles are made: every hash and the whole chain are made anew, over the files as they are. */
export async function reseal(path: string): Promise<void> {
  const { entries: before } = readManifest(readFileSync(join(path, manifestName), 'utf8'));
  const [first] = before;
  if (first?.kind !== 'bundle') throw new Error('no description');
  const files = (await walk(path)).files.filter((one) => one !== manifestName);
  let entries = append([], first);
  for (const file of files)
    entries = append(entries, { kind: 'file', path: file, ...(await hashOf(join(path, file))) });
  entries = append(entries, { kind: 'seal', files: files.length });
  writeFileSync(join(path, manifestName), manifestText(entries));
}

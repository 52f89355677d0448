import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../workflows/contracts/run-view';
import { tasksOf, type TaskFact } from '../../workflows/contracts/tasks';
import { withHeartbeat } from '../shared/heartbeat';
import { drHome } from '../shared/paths';

/** Folders of runs that open or close a task begin with their lock. */
const ours = /^(incident|report|task)\./;

/** Every task that the reports on this machine know of, closed ones, too. */
export async function readTasks(): Promise<TaskFact[]> {
  return withHeartbeat('reading the tasks', tasksHere);
}

/** The same for the command line. */
export async function tasksHere(): Promise<TaskFact[]> {
  const folder = join(drHome(), 'evidence');
  const names = (await readdir(folder).catch((): string[] => [])).filter((one) => ours.test(one)).sort();
  const reports: Report[] = [];
  for (const name of names) {
    const text = await readFile(join(folder, name, 'report.json'), 'utf8').catch(() => '');
    const report = parsed(text);
    if (report) reports.push(report);
  }
  return tasksOf(reports);
}

function parsed(text: string): Report | undefined {
  try {
    const { view, result } = JSON.parse(text) as Partial<Report>;
    return view?.workflowId === undefined ? undefined : { view, result: result ?? {} };
  } catch {
    return undefined;
  }
}

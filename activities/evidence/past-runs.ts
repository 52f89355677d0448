/** What earlier runs left behind: their reports. They are files, and outlive what the Temporal server remembers. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { scenarioIn } from '../../workflows/contracts/drill';
import type { PastRun } from '../../workflows/contracts/past-runs';
import { endStates, type Report, type RunView } from '../../workflows/contracts/run-view';
import { foundDown } from '../../workflows/contracts/system';
import type { Delivery } from '../../workflows/contracts/people';
import { groupBy } from '../shared/group-by';
import { drHome } from '../shared/paths';

/** Newest runs of each procedure under one workflow id: enough for a proof, and for what the next run will take. */
const perProcedure = 20;
/** Newest reports of one id that are read for them: several procedures may share an id, and some were refused. */
const perId = 100;
/** Ids that are the lock of several procedures. */
const shared = /^(drill\.)?(recover|test)\./;
/** Ids that have a name of their own for every incident: the newest of all of them together. */
const byIncident = /^(notify|oncall|incident)\./;
/** Ids of runs that prove nothing, however many there are. */
const beside = /^(guard|keep|status|checklist|schedule|check|copy)\./;
/** Files that are read at one time. */
const atOnce = 16;

/** Runs that have ended, as far as a proof or a prediction needs them; a report that cannot be read is passed over. */
export async function readPastRuns(): Promise<PastRun[]> {
  const folder = join(drHome(), 'evidence');
  const names = (await readdir(folder).catch(() => [] as string[])).filter((one) => !beside.test(one));
  const dated = (
    await inBatches(names, async (name) => {
      const path = join(folder, name, 'report.json');
      const found = await stat(path).catch(() => undefined);
      return found && { id: idOf(name), path, at: found.mtimeMs };
    })
  ).filter((one) => one !== undefined);
  const groups = groupBy(dated, ({ id }) => id);
  const read: PastRun[] = [];
  for (const [id, group] of groups) {
    const newest = group.sort((a, b) => b.at - a.at).slice(0, perId);
    read.push(...(await newestOfEach(newest, shared.test(id))));
  }
  return read;
}

/** The newest of each procedure. What was refused is kept, and takes no other one's place. @param mixed not all are of one */
async function newestOfEach(newest: { path: string }[], mixed: boolean): Promise<PastRun[]> {
  const kept: PastRun[] = [];
  const counts = new Map<string, number>();
  for (let from = 0; from < newest.length; from += atOnce) {
    for (const run of await Promise.all(newest.slice(from, from + atOnce).map(({ path }) => readPastRun(path)))) {
      const count = counts.get(run?.procedure ?? '') ?? 0;
      if (!run || count >= perProcedure) continue;
      kept.push(run);
      if (run.state !== 'refused') counts.set(run.procedure, count + 1);
    }
    if (!mixed && [...counts.values()].some((count) => count >= perProcedure)) break;
  }
  return kept;
}

/** The folder of a run is named by its workflow id and the end of its run id. */
const idOf = (name: string): string => byIncident.exec(name)?.[1] ?? name.slice(0, -9);

async function inBatches<A, B>(all: A[], act: (one: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (let from = 0; from < all.length; from += atOnce)
    done.push(...(await Promise.all(all.slice(from, from + atOnce).map(act))));
  return done;
}

async function readPastRun(path: string): Promise<PastRun | undefined> {
  try {
    return pastRunOf(JSON.parse(await readFile(path, 'utf8')) as Report);
  } catch {
    return undefined;
  }
}

/** What is remembered of a report; undefined: of a run that has not ended. */
export function pastRunOf({ view, result }: Report): PastRun | undefined {
  if (!endStates.has(view.state) || view.endedAt === undefined) return undefined;
  const drill = view.resource.startsWith('drill.');
  const { objectives } = view;
  const [problem] = view.problems;
  const scenario = scenarioOf(view, result);
  const deliveries = Array.isArray(result['deliveries']) ? (result['deliveries'] as Delivery[]) : [];
  const told = deliveries
    .filter(({ state }) => state === 'accepted' || state === 'sent')
    .map(({ channel, target, at }) => ({ channel, target, at }));
  return {
    procedure: view.procedure,
    resource: drill ? view.resource.slice('drill.'.length) : view.resource,
    drill,
    workflowId: view.workflowId,
    runId: view.runId,
    state: view.state,
    verdict: view.verdict,
    mode: view.mode,
    ...(view.plan ? { planHash: view.plan.hash } : {}),
    startedAt: view.startedAt,
    endedAt: view.endedAt,
    ...(objectives ? { tier: objectives.tier, rto: objectives.rto } : {}),
    ...(objectives?.achievedRto === undefined ? {} : { achievedRto: objectives.achievedRto }),
    ...(objectives?.achievedRpo === undefined ? {} : { achievedRpo: objectives.achievedRpo }),
    ...(problem ? { code: problem.code, problem: problem.message } : {}),
    failedStep: view.steps.some(({ state }) => state === 'failed'),
    notNeeded: result['needed'] === false,
    ...(wasAllDown(view) ? { allDown: true } : {}),
    ...(scenario === undefined ? {} : { scenario }),
    ...(told.length > 0 ? { told } : {}),
  };
}

function scenarioOf({ procedure, summary }: RunView, result: Report['result']): string | undefined {
  const named = result['scenario'];
  if (typeof named === 'string') return named;
  return procedure === 'scenarioTest' ? scenarioIn(summary) : undefined;
}

const wasAllDown = ({ facts }: RunView): boolean =>
  facts.some(
    ({ title, facts: found }) =>
      title === foundDown.title &&
      found.some(({ label, value }) => label === foundDown.label && value === foundDown.everything),
  );

/** Which check of the product has to find which fault. */
import type { Planted, PlantedFault } from '../contracts/drill';
import { databaseResource, readingLock, testLock } from '../contracts/names';
import { describeEnd, type ChildEnd } from '../kernel/child';
import type { Run } from '../kernel/run';
import { procedureOf, type Drill } from './context';

export interface Detection {
  fault: PlantedFault;
  title: string;
  /** Check that has to find it, as an operator knows it. */
  detector: string;
  detect: (run: Run, drill: Drill, planted: Planted) => Promise<{ caught: boolean; says: string }>;
}

/** In this order: the quick ones first. */
export const detections: Detection[] = [
  {
    fault: 'wal-gap',
    title: 'gap in the WAL archive',
    detector: 'the pre-flight of a recovery',
    detect: (run, drill, planted) => byPreflight(run, drill, 'DR-WAL-GAP', planted),
  },
  {
    fault: 'wrong-collation',
    title: 'wrong collation version',
    detector: 'the pre-flight of a recovery',
    detect: (run, drill, planted) => byPreflight(run, drill, 'DR-COLLATION-MISMATCH', planted),
  },
  {
    fault: 'stale-backup',
    title: 'stale backup',
    detector: 'the pre-flight of a recovery',
    detect: (run, drill, planted) => byPreflight(run, drill, 'DR-BACKUP-STALE', planted),
  },
  {
    fault: 'corrupt-backup',
    title: 'corrupt page in the backup',
    detector: 'the restore test',
    detect: byRestoreTest,
  },
  {
    fault: 'expired-certificate',
    title: 'expired certificate',
    detector: 'the look at the certificates',
    detect: byCertificates,
  },
];

/** `dr recover database --mode check`: nothing is restored. */
async function byPreflight(
  run: Run,
  drill: Drill,
  code: string,
  planted: Planted,
): Promise<{ caught: boolean; says: string }> {
  const { name } = drill.database;
  const child = procedureOf(drill, {
    procedure: 'pointInTimeRecovery',
    lock: readingLock('check', databaseResource(name)),
    input: { database: name, mode: 'check', target: { kind: 'latest' } },
    onCopy: true,
  });
  return judgeFinding(await run.childResult(`Check whether ${name} could be recovered`, child), code, planted);
}

/** `dr test restore`: the newest backup is restored, beside. */
async function byRestoreTest(run: Run, drill: Drill, planted: Planted): Promise<{ caught: boolean; says: string }> {
  const { name } = drill.database;
  const child = procedureOf(drill, {
    procedure: 'restoreTest',
    lock: testLock(databaseResource(name)),
    input: { database: name, point: 'latest' },
    onCopy: true,
  });
  return judgeFinding(
    await run.childResult(`Test whether the backup of ${name} can be restored`, child),
    'DR-BACKUP-CORRUPT',
    planted,
  );
}

/** What backups and restores of the certificates judge by. */
async function byCertificates(run: Run, drill: Drill): Promise<{ caught: boolean; says: string }> {
  const { certificates: path, publicName } = drill.ofCopy.gateway;
  const { good, problem } = await run.probe(
    'Look at the certificates',
    () => drill.on.probe.inspectCertificates({ path, publicName }),
    (found) => found.problem ?? 'one can be served',
  );
  if (good) return { caught: false, says: `${good.path} is valid until ${good.notAfter}` };
  return { caught: /expired at /.test(problem ?? ''), says: problem ?? 'no reason was given' };
}

/** A fault is found where a run names it by its code, and the very thing that was damaged: another finding is another fault. */
export function judgeFinding(end: ChildEnd, code: string, { names }: Planted): { caught: boolean; says: string } {
  const found = 'failed' in end ? [end.failed] : 'report' in end ? end.report.view.problems : [];
  const mine = found.find(
    (one) => (one.code === code || one.message.includes(`${code}: `)) && one.message.includes(names),
  );
  return mine ? { caught: true, says: mine.message } : { caught: false, says: describeEnd(end) };
}

/** Phase 1: every reason not to begin, at once, before anything is touched; and how long it will take. */
import type { CheckInPlace } from '../../activities/pgbackrest';
import { problemOf, refusalsOf } from '../contracts/errors';
import { describeTarget, isoTime, type RecoveryTarget } from '../contracts/pitr';
import type { Coverage, DatabaseFacts, DiskFacts, Refusal } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import type { SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import { bytes, duration, known } from '../contracts/words';

export interface Preflight {
  target: RecoveryTarget;
  damaged: DatabaseFacts;
  /** Image and volume of the damaged server: what the copy is made with and from which it is told apart. */
  image: string;
  damagedVolume: string;
  coverage: Coverage;
  prediction: Prediction;
  toolbox: string;
}

/** Predicted durations, milliseconds, from the plan's rates. */
export interface Prediction {
  copy: number;
  replay: number;
  total: number;
}

/** Time for starting and stopping servers, moving the clients and the final write; measured on small databases. */
const fixedCost = 8_000;

/**
 * Looks at everything a recovery needs and changes nothing.
 * @returns what was found, with a prediction in milliseconds
 * @throws Ended (refused) with every reason at once
 */
export async function preflight(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  target: RecoveryTarget,
): Promise<Preflight> {
  const { at, key } = recovery;
  const first = await readDamaged(run, on, recovery);
  const image = first.container?.imageId;
  const damagedVolume = first.container?.dataVolume;
  const ofServer = [...aheadRefusals(target, first), ...serverRefusals(first)];
  if (!image || !damagedVolume) return run.refuse([noContainer(recovery), ...ofServer]);
  const inPlace = first.answered ? await lookInPlace(run, on, recovery, target, first) : undefined;
  if (inPlace && inPlace.refusals.length > 0) return run.refuse(inPlace.refusals);
  run.cleanup('Remove the toolbox container', () => on.change.closeToolbox({ ...at, key }));
  const toolbox = await openToolbox(run, on, recovery, image, damagedVolume);
  if (typeof toolbox !== 'string') return run.refuse([...toolbox, ...ofServer]);
  // A server can only say no: whether the plan's own pass phrase opens the repository, the toolbox shows.
  const seen = await look(run, on, recovery, toolbox, target, first);
  const { damaged, coverage, prediction, refusals } = seen;
  if (refusals.length > 0) return run.refuse(refusals);
  if (prediction.total > recovery.tier.rto) {
    run.note(
      `predicted ${duration(prediction.total)} is more than the RTO of ${duration(recovery.tier.rto)}: consider a failover if the standby is sound`,
    );
  }
  if (damaged.answered && !damaged.extensions.includes('amcheck')) {
    run.note(
      `extension amcheck is not installed in ${at.database.database}: the copy's indexes and pages cannot be checked`,
    );
  }
  return { target, damaged, image, damagedVolume, coverage, prediction, toolbox };
}

const noContainer = ({ at }: Recovery): Refusal => ({
  code: 'DR-DATABASE-DOWN',
  message: `site ${at.site.name} has no container of service ${at.database.service} with a volume at ${at.database.dataDirectory}, so neither the server's image nor its data can be found`,
  next: `Create it without starting it: docker compose -p ${at.site.compose.project} create ${at.database.service}; then start again.`,
});

const aheadRefusals = (target: RecoveryTarget, primary: DatabaseFacts): Refusal[] => {
  const ahead = aheadOfPrimary(target, primary);
  return ahead ? [ahead] : [];
};

/**
 * A target the primary itself has not reached exists nowhere: the archive is not searched for it, only looked at for
 * whatever else speaks against a recovery. What can be had instead is the primary's own last commit, because its newest WAL
 * can still be archived.
 */
export function aheadOfPrimary(target: RecoveryTarget, primary: DatabaseFacts): Refusal | undefined {
  if (!primary.answered || !primary.lastCommitAt) return undefined;
  const last = `the last reachable commit is ${primary.lastCommitAt}`;
  const refuse = (message: string): Refusal => ({
    code: 'DR-TARGET-UNREACHABLE',
    message,
    next: `Choose a target at or before ${primary.lastCommitAt ?? ''}, or \`latest\`.`,
  });
  if (target.kind === 'time') {
    const ahead = Date.parse(isoTime(target.time)) - Date.parse(primary.now);
    if (ahead <= 0) return undefined;
    return refuse(
      `${describeTarget(target)} lies ${Math.ceil(ahead / 1000)} s in the future of the primary's clock (${primary.now}); ${last}`,
    );
  }
  if (target.kind === 'lsn' && position(target.lsn) > position(primary.lsn)) {
    return refuse(
      `${describeTarget(target)} lies behind the end of all WAL; ${last}, and the primary itself has only written up to LSN ${primary.lsn}`,
    );
  }
  // Only while ids have never wrapped round: after that a larger one may be an old one.
  const next = BigInt(primary.nextXid ?? '0');
  if (target.kind === 'xid' && next > 0n && next < 1n << 32n && BigInt(target.xid) >= next) {
    return refuse(
      `${describeTarget(target)} cannot be: transaction ${target.xid} neither committed nor aborted, the next one of the primary is ${next.toString()}; ${last}`,
    );
  }
  return undefined;
}

/** Byte position of an LSN, comparable. */
const position = (lsn: string): bigint => {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
};

interface Seen {
  damaged: DatabaseFacts;
  coverage: Coverage;
  prediction: Prediction;
  refusals: Refusal[];
}

/** What one target needs and meets now: read anew when another is chosen at the gate, because time has passed. */
export async function look(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  toolbox: string,
  target: RecoveryTarget,
  read?: DatabaseFacts,
): Promise<Seen> {
  const damaged = read ?? (await readDamaged(run, on, recovery));
  const [coverage, disk] = await Promise.all([
    checkTarget(run, on, recovery, damaged, searchedFor(target, damaged)),
    freeDisk(run, on, recovery, toolbox),
  ]);
  return judge(run, recovery, target, damaged, coverage, disk);
}

/** The same, asked of the server itself, to refuse at once; undefined: it cannot be asked, and a toolbox has to be. */
async function lookInPlace(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  target: RecoveryTarget,
  damaged: DatabaseFacts,
): Promise<Seen | undefined> {
  const { id = '', imageId = '' } = damaged.container ?? {};
  const searched = searchedFor(target, damaged);
  const asked = await run.probe(
    `Ask the server itself whether its archive reaches ${describeTarget(searched)}`,
    () => on.probe.checkInPlace({ ...question(recovery, damaged, searched), container: id, image: imageId }),
    (value) => ('unable' in value ? `it cannot say: ${value.unable}` : describeCoverage(value.coverage)),
  );
  return 'unable' in asked ? undefined : judge(run, recovery, target, damaged, asked.coverage, asked.disk);
}

/** What lies ahead of the primary is not searched for: the archive is only looked at for whatever else is wrong. */
const searchedFor = (target: RecoveryTarget, damaged: DatabaseFacts): RecoveryTarget =>
  aheadOfPrimary(target, damaged) ? { kind: 'latest' } : target;

const freeDisk = (run: Run, on: SiteProxies, { at }: Recovery, toolbox: string): Promise<DiskFacts> =>
  run.probe(
    'Measure the free disk',
    () => on.probe.freeDisk({ ...at, toolbox }),
    (facts) => `${bytes(facts.freeBytes)} free of ${bytes(facts.totalBytes)}`,
  );

function judge(
  run: Run,
  recovery: Recovery,
  target: RecoveryTarget,
  damaged: DatabaseFacts,
  coverage: Coverage,
  disk: DiskFacts,
): Seen {
  const prediction = predict(recovery, damaged, coverage);
  run.facts('Pre-flight', [
    { label: 'Target', value: describeTarget(target) },
    {
      label: 'Backup',
      value: coverage.backup ? `${coverage.backup.label}, ended ${coverage.backup.stoppedAt}` : 'none fits',
    },
    { label: 'Last reachable commit', value: known(coverage.lastReachable?.at, (when) => when) },
    { label: 'WAL to replay', value: bytes(coverage.walBytes) },
    { label: 'Free disk', value: bytes(disk.freeBytes) },
    {
      label: 'Predicted duration',
      value: `${duration(prediction.total)} (copy ${duration(prediction.copy)}, replay ${duration(prediction.replay)})`,
    },
  ]);
  const refusals = [...aheadRefusals(target, damaged), ...coverage.refusals, ...otherRefusals(damaged, coverage, disk)];
  return { damaged, coverage, prediction, refusals };
}

const readDamaged = (run: Run, on: SiteProxies, { at }: Recovery): Promise<DatabaseFacts> =>
  run.probe(
    'Read the damaged database',
    () => on.probe.readDatabase(at),
    (facts) =>
      facts.answered
        ? `answers, timeline ${facts.timeline}, LSN ${facts.lsn}`
        : `does not answer: ${facts.problem ?? 'no reason given'}`,
  );

/** Whether the archive reaches a target. */
function checkTarget(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  damaged: DatabaseFacts,
  target: RecoveryTarget,
): Promise<Coverage> {
  const { at, key } = recovery;
  return run.probe(
    `Check that the archive reaches ${describeTarget(target)}`,
    async () => {
      try {
        const { container } = await on.probe.openToolbox({
          ...at,
          key,
          image: damaged.container?.imageId ?? '',
          ...(damaged.container?.dataVolume ? { dataVolume: damaged.container.dataVolume } : {}),
        });
        return await on.probe.checkCoverage({ ...question(recovery, damaged, target), toolbox: container });
      } catch (error) {
        return unreadable(damaged.timeline, reasonsOf(error));
      }
    },
    describeCoverage,
  );
}

/** What the archive is asked, whoever asks it. */
const question = (
  { at, input }: Recovery,
  damaged: DatabaseFacts,
  target: RecoveryTarget,
): Omit<CheckInPlace, 'container' | 'image'> => ({
  ...at,
  target,
  primary: { answered: damaged.answered, now: damaged.now, lsn: damaged.lsn, timeline: damaged.timeline },
  ...(input.backup ? { backup: input.backup } : {}),
  ...(input.timeline ? { timeline: input.timeline } : {}),
});

const describeCoverage = (coverage: Coverage): string =>
  coverage.reachable
    ? `yes, from backup ${coverage.backup?.label ?? '?'} with ${bytes(coverage.walBytes)} of WAL${coverage.needsTail ? ', once the tail is archived' : ''}`
    : `no: ${coverage.refusals.map((one) => one.message).join('; ')}`;

/** What no retry mends: an image, a repository or a stanza that is missing, a pass phrase that cannot be read or does not fit. */
const notToBegin = new Set(['DR-IMAGE-MISSING', 'DR-NO-BACKUP', 'DR-SECRET']);

/** Reasons not to begin that a failure stands for; any other failure is thrown on, and holds the run. */
function reasonsOf(error: unknown): Refusal[] {
  const { code, message, next = '' } = problemOf(error);
  const reasons = refusalsOf(error) ?? (notToBegin.has(code) ? [{ code, message, next }] : undefined);
  if (!reasons) throw error;
  return reasons;
}

/** A repository of which nothing could be read. */
const unreadable = (timeline: number, refusals: Refusal[]): Coverage => ({
  reachable: false,
  needsTail: false,
  refusals,
  timeline,
  walBytes: 0,
  gaps: [],
  segmentsOpened: 0,
});

/** @returns the toolbox, or every reason why there is none; any other failure holds the run */
function openToolbox(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  image: string,
  dataVolume: string,
): Promise<string | Refusal[]> {
  return run.probe(
    'Open the repository',
    async () => {
      try {
        return (await on.probe.openToolbox({ ...recovery.at, key: recovery.key, image, dataVolume })).container;
      } catch (error) {
        return reasonsOf(error);
      }
    },
    (value) => (typeof value === 'string' ? 'read-only' : `no: ${value.map((one) => one.message).join('; ')}`),
  );
}

function predict(recovery: Recovery, damaged: DatabaseFacts, coverage: Coverage): Prediction {
  const { copy, replay } = recovery.at.database.rates;
  const copyMs = ((coverage.backup?.databaseBytes ?? damaged.databaseBytes) / copy) * 1000;
  const replayMs = (coverage.walBytes / replay) * 1000;
  return { copy: copyMs, replay: replayMs, total: copyMs + replayMs + fixedCost };
}

/** Reasons beside the archive's. */
export function otherRefusals(damaged: DatabaseFacts, coverage: Coverage, disk: DiskFacts): Refusal[] {
  const size = coverage.backup?.databaseBytes ?? damaged.databaseBytes;
  const needed = Math.ceil(size * 1.2 + coverage.walBytes);
  const tooSmall: Refusal = {
    code: 'DR-DISK-TOO-SMALL',
    message: `${disk.path} has ${bytes(disk.freeBytes)} free, the copy needs ${bytes(needed)}: 1.2 × ${bytes(size)} of data and ${bytes(coverage.walBytes)} of WAL`,
    next: 'Free disk there, or move the volume store to a larger one.',
  };
  return [...(disk.freeBytes < needed ? [tooSmall] : []), ...serverRefusals(damaged)];
}

/** Reasons that the damaged server itself gives. PostgreSQL manual 26.3.4; collations: manual 24.2.2. */
function serverRefusals(damaged: DatabaseFacts): Refusal[] {
  const refusals: Refusal[] = [];
  for (const { database, recorded, actual } of damaged.collations) {
    if (recorded !== null && actual !== null && recorded !== actual) {
      refusals.push({
        code: 'DR-COLLATION-MISMATCH',
        message: `database ${database} was written with collation version ${recorded}, the image has ${actual}: text indexes of the copy would be wrong`,
        next: 'Use the image the data was written with, or plan a REINDEX.',
      });
    }
  }
  if (damaged.tablespaces.length > 0) {
    refusals.push({
      code: 'DR-TABLESPACES',
      message: `the database has tablespaces (${damaged.tablespaces.join(', ')}), which one volume cannot hold`,
      next: 'Restore by hand with a tablespace map.',
    });
  }
  return refusals;
}

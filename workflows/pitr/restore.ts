/** Phase 2: the copy, beside the damaged server, isolated, paused at the target, inspected. */
import { drFailure, problemOf, type DrCode } from '../contracts/errors';
import type { Inspection, Loss, PausedCopy, RestoredCopy } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import type { SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import type { Preflight } from './preflight';
import { bytes, count, duration, known, newestWalStep } from '../contracts/words';

/** A copy that stands at its target, and what was found before and in it. */
export interface Prepared extends Preflight {
  restored: RestoredCopy;
  copy: PausedCopy;
  inspection: Inspection;
  /** The loss the open card showed last: what an approval was given for. */
  shown?: Loss;
}

/**
 * Restores, replays to the target and inspects, side by side with securing the newest WAL. Called again for another target at
 * the gate: the volume is restored into anew.
 * @throws DR-NO-BACKUP when the pre-flight found none
 */
export async function prepareCopy(run: Run, on: SiteProxies, recovery: Recovery, found: Preflight): Promise<Prepared> {
  const { restored, copy } = await standCopy(run, on, recovery, found);
  const inspection = await inspect(run, on, recovery, found, copy);
  return { ...found, restored, copy, inspection };
}

/**
 * The same without the inspection, for whoever judges by itself what is in the copy.
 * @param fatal codes of a restore that end the run at once; default: none, a person is asked
 */
export async function standCopy(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  found: Preflight,
  fatal: DrCode[] = [],
): Promise<Pick<Prepared, 'restored' | 'copy'>> {
  const { at, key } = recovery;
  const { coverage, damaged, image, target } = found;
  const backup = coverage.backup;
  if (!backup) throw drFailure('DR-NO-BACKUP', `no backup reaches the target of database ${at.database.name}`);

  const tail = secureTail(run, on, recovery, found);
  const restored = run.change(
    `Restore backup ${backup.label} into a volume of its own`,
    () =>
      on.change
        .restoreCopy({
          ...at,
          key,
          image,
          backup,
          target,
          timeline: coverage.timeline,
        })
        .catch((error: unknown) => {
          const { code, message } = problemOf(error);
          const known = fatal.find((one) => one === code);
          if (known) return run.giveUp(known, message);
          throw error;
        }),
    {
      undo: { title: 'Remove the copy and its volume', act: () => on.change.removeCopy({ ...at, key }) },
      outcome: (value) =>
        `${bytes(value.bytes)} in ${duration(value.durationMs)} into ${value.volume}${value.reused ? ' (already there)' : ''}`,
    },
  );
  const [secured, volume] = await Promise.all([tail, restored]);

  // For the progress a person sees; for `latest` also the point before which an empty archive is not its end.
  const end = secured?.lsn ?? coverage.lastReachable?.lsn;
  const targetLsn = target.kind === 'latest' ? end : coverage.firstExcluded?.lsn;
  const copy = await run.change(
    'Start the copy, isolated, and replay WAL to the target',
    () =>
      on.change.startCopy({
        ...at,
        key,
        image,
        volume: volume.volume,
        target,
        walBytes: coverage.walBytes,
        settings: damaged.settings,
        ...(targetLsn ? { targetLsn } : {}),
      }),
    {
      outcome: (value) =>
        `paused at ${value.replayLsn}, last commit ${known(value.lastCommitAt, (when) => when)}; ${value.logLine}`,
    },
  );
  return { restored: volume, copy };
}

/**
 * The newest WAL exists only on the damaged server until it is archived. The restore does not need it, the replay may: so
 * both run side by side. Where the target can be had without it a broken archiver is no reason to stop, and a run that only
 * makes a copy writes nothing to the damaged server.
 */
async function secureTail(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  found: Preflight,
): Promise<{ lsn: string } | undefined> {
  const { at, key, input } = recovery;
  const needed = found.coverage.needsTail || found.target.kind === 'latest';
  if (!found.damaged.answered || (!needed && input.mode === 'copy')) return undefined;
  const act = (): Promise<{ lsn: string; segment: string; durationMs: number }> =>
    on.change.secureTail({ ...at, marker: `dr-${key}` });
  const outcome = (value: { lsn: string; segment: string; durationMs: number }): string =>
    `up to ${value.lsn}, segment ${value.segment} archived in ${duration(value.durationMs)}`;
  return needed ? run.change(newestWalStep, act, { outcome }) : run.optional(newestWalStep, act, outcome);
}

/** A copy with damage is a failed step, not a line on a card: someone must say so by name to go on with it. */
async function inspect(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  found: Preflight,
  copy: PausedCopy,
): Promise<Inspection> {
  let seen: Inspection | undefined;
  const inspection = await run.change(
    'Inspect the copy',
    async () => {
      seen = await on.probe.inspectCopy({ ...recovery.at, copy, damagedAnswers: found.damaged.answered });
      const findings = damageOf(seen);
      if (findings.length > 0)
        throw drFailure('DR-CORRUPT', `the copy at ${copy.replayLsn} is damaged: ${findings.join('; ')}`);
      return seen;
    },
    {
      // Whoever skips accepts what was found, by name; the card repeats it.
      skip: () => seen ?? uninspected,
      outcome: (value) =>
        `${value.tables.length} tables, ${count(value.tables.reduce((sum, one) => sum + (one.after ?? 0), 0))} rows, ${amcheckWords(value)}, ${value.businessQueries.filter((one) => one.ok).length} of ${value.businessQueries.length} business queries as expected`,
    },
  );
  describeCopy(run, copy, inspection);
  return inspection;
}

/** Its facts and its evidence, for the report. */
export function describeCopy(run: Run, copy: PausedCopy, inspection: Inspection): void {
  run.evidence(...inspection.evidence, ...(copy.evidence ? [copy.evidence] : []));
  run.facts('The copy', [
    { label: 'Stopped at', value: `${copy.replayLsn} on timeline ${copy.timeline}` },
    { label: 'Last commit in it', value: known(copy.lastCommitAt, (when) => when) },
    {
      label: 'First commit not in it',
      value: known(copy.firstExcluded, (one) => `transaction ${one.xid}${one.at ? ` at ${one.at}` : ''}`),
    },
    { label: 'Proof', value: copy.logLine },
    { label: 'Page checksum failures', value: count(inspection.checksumFailures) },
    { label: 'amcheck', value: amcheckWords(inspection) },
    ...inspection.businessQueries.map((one) => ({
      label: one.name,
      value: `${known(one.value, count)}, expected ${one.expected}${one.note ? ` (${one.note})` : ''}`,
    })),
  ]);
}

const uninspected: Inspection = {
  tables: [],
  businessQueries: [],
  checksumFailures: 0,
  amcheck: { ok: true, checked: false, relations: 0, skipped: [], findings: [], durationMs: 0 },
  evidence: [],
};

/** What amcheck says of a copy; that it did not look is said as plainly as that it found nothing. */
export function amcheckWords({ amcheck }: Inspection): string {
  if (!amcheck.checked)
    return 'amcheck did not look: it is not installed in the database, or the inspection was skipped';
  const later = amcheck.skipped.length > 0 ? `; after the promotion: ${amcheck.skipped.join(', ')}` : '';
  return amcheck.ok
    ? `amcheck clean on ${amcheck.relations} relations${later}`
    : `amcheck found ${amcheck.findings.join('; ')}`;
}

/** Damage that was found, one sentence each; empty: none. A copy that amcheck did not look at has none that is known. */
export function damageOf(inspection: Inspection): string[] {
  const findings = inspection.amcheck.ok ? [] : [...inspection.amcheck.findings];
  if (!inspection.amcheck.ok && findings.length === 0) findings.push('amcheck did not end well');
  if (inspection.checksumFailures > 0) findings.push(`${inspection.checksumFailures} page checksum failures`);
  return findings;
}

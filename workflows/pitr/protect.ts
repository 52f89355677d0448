/** Phase 5: the data serves; make it safe again. None of this is in the RTO, and each part may be skipped on record. */
import type { Site } from '../../plan';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import type { Moved } from './cut-over';
import type { Prepared } from './restore';
import { bytes, duration, known } from '../contracts/words';

/** Archive, full backup, standbys: side by side where they can be. @returns the result of the whole procedure */
export async function protect(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  prepared: Prepared,
  moved: Moved,
): Promise<Record<string, unknown>> {
  const { at, key, input } = recovery;
  const yes = moved.approval.reference;
  // A standby at another site is rebuilt by the worker that sits there.
  const rebuildAt = (site: string): SiteProxies['change'] => (site === at.site.name ? on : siteActivities(site)).change;
  const standbySite = (name: string): { standbySite?: Site } => {
    const site = recovery.plan.sites.find((one) => one.name === name);
    return site && name !== at.site.name ? { standbySite: site } : {};
  };

  const archive = await run.optional(
    'Check the archive',
    () => on.change.archiveCheck(at),
    (value) => `segment ${value.segment} arrived in ${duration(value.durationMs)}`,
  );
  const backup = input.fullBackup
    ? run.optional(
        'Take a full backup that expires nothing',
        () => on.change.fullBackup({ ...at, key }),
        (value) => `${value.label}, ${bytes(value.databaseBytes)}`,
      )
    : Promise.resolve(undefined);
  const standbys = input.rebuildStandbys
    ? at.database.standbys.map((standby) =>
        run.optional(
          `Rebuild standby ${standby.service}`,
          () =>
            rebuildAt(standby.site).rebuildStandby({
              ...at,
              standby,
              ...standbySite(standby.site),
              key,
              approval: yes,
            }),
          (value) => `${value.state} after ${duration(value.durationMs)}`,
        ),
      )
    : [];
  const [full, ...rebuilt] = await Promise.all([backup, ...standbys]);

  const exposure = full
    ? `No point-in-time recovery to a moment between ${moved.write.committedAt} and ${full.stoppedAt}.`
    : 'No full backup exists on the new timeline: there is no point-in-time recovery to any moment after this one until one is taken.';
  run.facts('Afterwards', [
    { label: 'Damaged volume', value: `${moved.kept.volume}, kept until ${moved.kept.until}` },
    { label: 'Final LSN of the damaged server', value: known(moved.fence.finalLsn, (lsn) => lsn) },
    { label: 'Exposure', value: exposure },
  ]);
  return {
    recoveredTo: {
      lsn: prepared.copy.replayLsn,
      lastCommitAt: prepared.copy.lastCommitAt ?? null,
      timeline: moved.promoted.timeline,
    },
    loss: moved.loss,
    fence: moved.fence,
    firstWrite: moved.write,
    reopenedAt: moved.reopenedAt,
    prediction: prepared.prediction,
    kept: moved.kept,
    archive: archive ?? null,
    backup: full?.label ?? null,
    standbys: rebuilt.map((one) => one?.state ?? 'skipped'),
    exposure,
  };
}

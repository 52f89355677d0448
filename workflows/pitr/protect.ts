/** Phase 5: the data serves; make it safe again. None of this is in the RTO, and each part may be skipped on record. */
import type { Run } from '../kernel/run';
import type { SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import type { Moved } from './cut-over';
import type { Prepared } from './restore';
import { bytes, duration, known } from '../contracts/words';

export async function protect(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  prepared: Prepared,
  moved: Moved,
): Promise<Record<string, unknown>> {
  const { at, key, input } = recovery;
  const yes = moved.approval.reference;
  const until = new Date(Date.now() + at.database.damagedVolumeRetention).toISOString();
  const kept = { volume: prepared.damagedVolume, until, reason: 'the damaged data, untouched' };

  await run.change(
    'Keep the damaged volume',
    () => on.change.recordDamagedVolume({ ...at, volume: kept.volume, until, incident: key }),
    { outcome: () => `${kept.volume} until ${until}` },
  );
  await run.change('Push the timeline history', () =>
    on.change.pushHistory({ ...at, timeline: moved.promoted.timeline }),
  );
  const archive = await run.change('Check the archive', () => on.change.archiveCheck(at), {
    skipWith: undefined,
    outcome: (value) => (value ? `segment ${value.segment} arrived in ${duration(value.durationMs)}` : 'skipped'),
  });
  const backup = input.fullBackup
    ? run.change('Take a full backup that expires nothing', () => on.change.fullBackup({ ...at, key }), {
        skipWith: undefined,
        outcome: (value) => (value ? `${value.label}, ${bytes(value.databaseBytes)}` : 'skipped'),
      })
    : Promise.resolve(undefined);
  const standbys = input.rebuildStandbys
    ? at.database.standbys.map((standby) =>
        run.change(
          `Rebuild standby ${standby.service}`,
          () => on.change.rebuildStandby({ ...at, standby, key, approval: yes }),
          {
            skipWith: undefined,
            outcome: (value) => (value ? `${value.state} after ${duration(value.durationMs)}` : 'skipped'),
          },
        ),
      )
    : [];
  const [full, ...rebuilt] = await Promise.all([backup, ...standbys]);

  const exposure = full
    ? `No point-in-time recovery to a moment between ${moved.write.committedAt} and ${full.stoppedAt}.`
    : 'No full backup exists on the new timeline: there is no point-in-time recovery to any moment after this one until one is taken.';
  run.facts('Afterwards', [
    { label: 'Damaged volume', value: `${kept.volume}, kept until ${until}` },
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
    kept,
    archive: archive ?? null,
    backup: full?.label ?? null,
    standbys: rebuilt.map((one) => one?.state ?? 'skipped'),
    exposure,
  };
}

import type { PausedCopy, Progress } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { describeTarget } from '../../workflows/contracts/pitr';
import { inspectContainer, labels, removeContainer } from '../shared/containers';
import { copyNames } from '../shared/copy-names';
import { engineOf, onEngine, stoppingEngineOf } from '../shared/engine';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { createCopyContainer, specHash, type CopySpec, type StartCopy } from './copy-container';
import { demandFirstStart } from './first-start';
import { waitUntilPaused } from './wait-until-paused';

/** Replaying parameter changes can demand more than the backup's settings; each round raises what was asked for. */
const rounds = 3;

/**
 * Starts the restored copy, isolated, and waits until it stands paused at its target with the log line that proves it.
 * A copy of the same volume and target that already runs is joined; the container of an earlier target is replaced.
 * @throws DR-RECOVERY-ENDED-EARLY, DR-WRONG-TIMELINE, DR-HISTORY-MISSING, DR-PARAMETER-TOO-LOW, DR-TARGET-INSIDE-BACKUP,
 *   DR-COPY-NOT-STARTED, DR-COPY-NOT-ISOLATED, DR-NOT-OURS, DR-IMAGE-MISSING
 */
export async function startCopy(args: StartCopy): Promise<PausedCopy> {
  const began = Date.now();
  return withHeartbeat(`replaying WAL to ${describeTarget(args.target)}`, async (beat, signal) => {
    const spec: CopySpec = { ...args, name: copyNames(args.site, args.key).container, settings: { ...args.settings } };
    for (let round = 1; ; round += 1) {
      const container = await runningCopy(spec);
      const outcome = await waitUntilPaused(args, container, beat as (progress: Progress) => void, signal);
      const evidence = await saveEvidence('Log of the copy', `copy-${args.key}.log`, outcome.log.slice(-1_000_000));
      if ('paused' in outcome) {
        await proveIsolated(args, container);
        return {
          ...outcome.paused,
          container: spec.name,
          volume: args.volume,
          durationMs: Date.now() - began,
          evidence,
        };
      }
      const raised = Object.entries(outcome.neededSettings).filter(
        ([name, value]) => (spec.settings[name] ?? 0) < value,
      );
      if (raised.length === 0 || round === rounds) throw outcome.failure;
      for (const [name, value] of raised) spec.settings[name] = value;
      await removeContainer(args.site, container);
    }
  });
}

/** Id of the running container of this very copy; made and started when there is none. */
async function runningCopy(spec: CopySpec): Promise<string> {
  const { site } = spec;
  const volume = await inspectVolume(site, spec.volume);
  if (!volume)
    throw drFailure('DR-COPY-NOT-STARTED', `volume ${spec.volume} of the copy does not exist at site ${site.name}`);
  demandOurs(site, `volume ${spec.volume}`, volume.labels, 'copy');
  const known = await inspectContainer(site, spec.name);
  if (known) {
    demandOurs(site, `container ${spec.name}`, known.Config.Labels, 'copy');
    if (known.State.Running && known.Config.Labels[labels.spec] === specHash(spec)) return known.Id;
    // One of an earlier target, or one that ended: its server must be down before another opens the same files.
    if (known.State.Running)
      await onEngine(site, `stopping ${spec.name}`, () =>
        stoppingEngineOf(site, 30).getContainer(known.Id).stop({ t: 30 }),
      );
    await removeContainer(site, known.Id);
  }
  const id = await createCopyContainer(spec);
  await demandFirstStart(spec, id);
  await onEngine(site, `starting ${spec.name}`, () => engineOf(site).getContainer(id).start());
  return id;
}

/** What the engine says about the isolation of the running copy. @throws DR-COPY-NOT-ISOLATED */
async function proveIsolated(args: StartCopy, container: string): Promise<void> {
  const info = await inspectContainer(args.site, container);
  const repository = info?.Mounts.find((one) => one.Destination === args.database.backup.repositoryPath);
  const networks = Object.keys(info?.NetworkSettings.Networks ?? {}).filter((name) => name !== 'none');
  if (info && networks.length === 0 && repository?.RW === false) return;
  throw drFailure(
    'DR-COPY-NOT-ISOLATED',
    `container ${container} has networks ${JSON.stringify(networks)} and its repository is ${repository ? (repository.RW ? 'writable' : 'read-only') : 'not mounted'}, expected no network and a read-only repository`,
  );
}

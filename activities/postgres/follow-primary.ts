import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { MemberAt } from '../../workflows/contracts/cluster';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { containerFacts, findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { withVolumeFiles } from '../shared/volume-files';
import type { HeldArchiving } from './hold-archiving';
import { literal, prepareUpstream, upstreamOf, upstreamSettings } from './upstream';

/**
 * Makes a server that was shut down in order a standby of its successor: it has nothing that the successor has not, so it
 * follows without a rewind. Writes standby.signal and the way to the primary into its data directory; archiving that
 * was held for the shutdown is let go. The server must be stopped. Safe to repeat.
 * @throws DR-APPROVAL-MISSING, DR-STANDBY
 */
export async function followPrimary(
  args: MemberAt & { primary: DatabaseAt; approval: ApprovalReference; archiving?: HeldArchiving },
): Promise<{ volume: string }> {
  demandApproval(args.approval);
  const { site, service, primary } = args;
  const { dataDirectory } = primary.database;
  return withHeartbeat(`making ${service} follow`, async (_beat, signal) => {
    const info = await findService(site, service);
    const volume = info && containerFacts(info, dataDirectory).dataVolume;
    if (!info || !volume)
      throw drFailure('DR-STANDBY', `${service} at site ${site.name} has no container with a data volume`);
    if (info.State.Running)
      throw drFailure('DR-STANDBY', `${service} at site ${site.name} runs: it must be stopped first`);
    const upstream = await upstreamOf(primary, { service, site });
    await prepareUpstream(primary, upstream.slot, signal);
    const source = { containerId: info.Id, volume, image: info.Image, dataDirectory };
    await withVolumeFiles(site, source, async (files) => {
      const before = (await files.read('postgresql.auto.conf'))?.toString('utf8') ?? '';
      const held = args.archiving?.held ?? false;
      const ours = held
        ? /^(primary_conninfo|primary_slot_name|archive_command)\s*=/
        : /^(primary_conninfo|primary_slot_name)\s*=/;
      const kept = before.split('\n').filter((line) => line !== '' && !ours.test(line));
      const command = held ? (args.archiving?.before ?? null) : null;
      const lines = [
        ...(command === null ? [] : [`archive_command = ${literal(command)}`]),
        ...upstreamSettings(upstream),
      ];
      await files.write([
        { name: 'postgresql.auto.conf', content: `${[...kept, ...lines].join('\n')}\n` },
        { name: 'standby.signal', content: '' },
      ]);
    });
    return { volume };
  });
}

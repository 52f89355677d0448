import type { EvidenceRef } from '../../workflows/contracts/run-view';
import type { ServiceAt } from '../../workflows/contracts/service';
import { readLog } from '../shared/container-log';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';

/** Lines that are kept of a log: what was said last says what went wrong. */
const tail = 200;

/**
 * Keeps the end of a container's log as evidence, before anything is done to it: a container that is made anew takes its log
 * along. @returns nothing when it has said nothing; `problem`: why its log cannot be read
 */
export async function keepServiceLog({
  site,
  service,
  containerId,
  startedAt,
}: ServiceAt & { containerId: string; startedAt: string }): Promise<{
  evidence?: EvidenceRef;
  lastLine?: string;
  problem?: string;
}> {
  return withHeartbeat(`keeping the log of ${service.name}`, async () => {
    const read = await readLog(site, containerId, { tail, timestamps: true }).catch((error: Error) => error);
    // A container may have a log that nobody can read (driver `none`): that is no reason to leave it down.
    if (read instanceof Error) return { problem: read.message };
    const text = read;
    const lastLine = text.trim().split('\n').at(-1)?.trim();
    if (!lastLine) return {};
    const name = `${service.name}-${containerId.slice(0, 12)}-${startedAt.replace(/\D/g, '').slice(0, 14)}.log`;
    const evidence = await saveEvidence(`Log of ${service.name}, started ${startedAt}`, name, text);
    return { evidence, lastLine: lastLine.slice(0, 300) };
  });
}

import type { EvidenceRef } from '../../workflows/contracts/run-view';
import type { ServiceAt } from '../../workflows/contracts/service';
import { containerLog } from '../shared/container-log';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';

/** Lines that are kept of a log: what was said last says what went wrong. */
const tail = 200;

/**
 * Keeps the end of a container's log as evidence, before anything is done to it: a container that is made anew takes its log
 * along. @returns undefined when it has said nothing, or is gone
 */
export async function keepServiceLog({
  site,
  service,
  containerId,
}: ServiceAt & { containerId: string }): Promise<{ evidence?: EvidenceRef; lastLine?: string }> {
  return withHeartbeat(`keeping the log of ${service.name}`, async () => {
    const text = await containerLog(site, containerId, { tail, timestamps: true });
    const lastLine = text.trim().split('\n').at(-1)?.trim();
    if (!lastLine) return {};
    const name = `${service.name}-${containerId.slice(0, 12)}.log`;
    const evidence = await saveEvidence(`Log of ${service.name} before anything was done`, name, text);
    return { evidence, lastLine: lastLine.slice(0, 300) };
  });
}

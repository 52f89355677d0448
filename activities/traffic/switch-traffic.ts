import type { Site, Traffic } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { withLimit } from '../shared/limit';
import { redacted } from '../shared/redact';
import { runProgram, type ProgramEnd } from '../shared/program';

export interface SwitchTraffic {
  traffic: Extract<Traffic, { driver: 'command' }>;
  /** The site that clients are sent to. */
  site: Site;
  /** Its public name. */
  target: string;
  approval: ApprovalReference;
}

/** Kept of what it prints, characters. */
const kept = 20_000;

/**
 * Runs the program of the plan that sends clients to a site. That it ended well proves nothing about what clients get: that is
 * `checkTraffic`'s to say. The program is safe to run twice, as the plan demands.
 * @returns what it said last, without secrets
 * @throws DR-APPROVAL-MISSING, DR-TRAFFIC when it could not be started, did not end in its time, or failed
 */
export async function switchTraffic({ traffic, site, target, approval }: SwitchTraffic): Promise<{ says: string }> {
  demandApproval(approval);
  const values: Record<string, string> = { record: traffic.record, target, site: site.name };
  const command = traffic.command.map((word) =>
    word.replace(/\{(record|target|site)\}/g, (_, name: string) => values[name] ?? ''),
  );
  return withHeartbeat(`sending ${traffic.record} to ${target}`, async (_beat, signal) => {
    let output = '';
    const end = await withLimit(signal, traffic.timeout, (limited) =>
      runProgram(command, { signal: limited, add: (text) => (output = (output + text).slice(-kept)) }),
    ).catch((error: Error): ProgramEnd => ({ exitCode: null, problem: error.message }));
    signal.throwIfAborted();
    const last = (await redacted(site, output)).trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    if (end.exitCode !== 0)
      throw drFailure(
        'DR-TRAFFIC',
        `${command[0] ?? ''} of traffic.command ended with ${end.problem ?? `exit code ${end.exitCode ?? 'none'}`}${last ? `: ${last}` : ''}`,
        { retry: true },
      );
    return { says: last || 'it ended with exit code 0' };
  });
}

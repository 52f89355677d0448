import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { MemberAt } from '../../workflows/contracts/cluster';
import { membersOf } from '../../workflows/contracts/members';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose } from '../shared/compose';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { dropStaleSlots, untilStreaming } from './streaming';

export interface StartStandby extends MemberAt {
  primary: DatabaseAt;
  approval: ApprovalReference;
  /** Until it must follow (default 2 minutes). With a time of its own it is one way of several, and is not tried again. */
  deadlineMs?: number;
}

/**
 * Starts a member that has been made a standby, with the restart policy of its compose file again (a fenced container has
 * none, so it is made anew), and waits for the proof that it follows. Then slots that it kept from its time as a primary go.
 * @throws DR-APPROVAL-MISSING, DR-COMPOSE, DR-STANDBY
 */
export async function startStandby(args: StartStandby): Promise<{ state: string; durationMs: number }> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, service, primary } = args;
  const member = { service, site };
  return withHeartbeat(`starting standby ${service}`, async (_beat, signal) => {
    if (service === primary.database.service)
      throw drFailure('DR-STANDBY', `${service} is the primary: it cannot be started as a standby of itself`);
    const info = await findService(site, service);
    const policy = info?.HostConfig.RestartPolicy?.Name;
    if (!info?.State.Running || policy === 'no' || policy === '')
      await compose(site, ['up', '-d', '--no-deps', '--force-recreate', service], signal);
    const retry = args.deadlineMs === undefined;
    const state = await untilStreaming({ primary, member, deadlineMs: args.deadlineMs ?? 120_000, retry, signal });
    await dropStaleSlots(member, membersOf(primary.database), signal);
    return { state, durationMs: Date.now() - began };
  });
}

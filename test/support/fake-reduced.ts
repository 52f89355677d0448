import type { LiftReduced, SwitchReduced } from '../../activities/nginx';
import type { ReducedNow, Switched } from '../../workflows/contracts/reduced';

/** The modes of a fake gateway. */
export class FakeReduced {
  /** What is on, with who has it. */
  on: ReducedNow[] = [];
  /** What became of the gateway, in order. */
  readonly told: string[] = [];

  /** A mode that a run has switched on which has ended. */
  leaveBehind(mode: ReducedNow['mode'] = 'maintenance', owner: ReducedNow['owner'] = 'ended'): void {
    const mark = { mode, workflowId: 'recover.system', runId: 'gone', by: 'on-call', reason: 'power failure' };
    this.on = [
      { mode, owner, ...(owner === 'by-hand' ? {} : { mark: { ...mark, since: '2026-11-22T17:00:00.000Z' } }) },
    ];
  }

  switch({ mode, askLater }: SwitchReduced): Switched {
    this.told.push(askLater ? `${mode} later` : mode);
    const lifted = this.on.filter(({ owner }) => owner === 'ended');
    this.on = [{ mode, owner: 'own' }];
    return { lifted, says: 'clients get 503', asked: askLater !== true };
  }

  lift({ whose }: LiftReduced): Switched {
    const meant = this.on.filter(({ owner }) => (whose as string[]).includes(owner));
    for (const { mode } of meant) this.told.push(`${mode} off`);
    this.on = this.on.filter((one) => !meant.includes(one));
    return { lifted: meant.filter(({ owner }) => owner !== 'own'), says: 'clients are let in', asked: true };
  }
}

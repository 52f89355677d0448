/** Synchronous replication as the plan asks for it: on while enough standbys follow, let go by rule when they are gone. */
import type { Run } from '../kernel/run';
import { beside } from '../failover/context';
import type { Survey } from '../failover/survey';
import { follows } from '../reprotect/candidates';
import type { GuardState } from './state';

/** Names in `ANY n (…)` are the services; a promoted server has the setting cleared before its first write. */
export async function keepSynchronous(run: Run, { at, primary, standbys }: Survey, state: GuardState): Promise<void> {
  const asked = at.database.replication.synchronous;
  if (!asked || !primary.answered || primary.inRecovery) return;
  const following = standbys.filter((one) => follows(one, primary)).map((one) => one.service);
  const enough = following.length >= asked.standbys;
  const on = primary.synchronousStandbyNames !== '';
  if (enough || !on) state.degradeAt = undefined;
  else {
    // Commits wait for a standby that is gone: for as long as the plan says, it may come back.
    state.degradeAt ??= Date.now() + asked.degradeAfter;
    if (Date.now() < state.degradeAt) return;
  }
  if (enough === on && enough === (state.exposedSince === undefined)) return;
  const names = enough ? standbys.map((one) => one.service) : [];
  const set = await beside({ site: at.site.name }).brief.ensureSynchronous({
    ...at,
    standbys: names,
    count: asked.standbys,
  });
  if (enough) {
    if (state.exposedSince !== undefined)
      run.note(`RPO 0 holds again: commits wait for ${set.to}; exposed since ${state.exposedSince}`);
    state.exposedSince = undefined;
  } else if (state.exposedSince === undefined) {
    state.exposedSince = new Date().toISOString();
    run.note(`RPO 0 does not hold from ${state.exposedSince}: no standby follows, commits are let through alone`);
  }
}

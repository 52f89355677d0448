/** The failover itself, from the first look to the report; a switchover that is turned ungraceful goes on here. */
import type { Plan } from '../../plan';
import type { FailoverInput } from '../contracts/failover';
import { bytes, duration, known } from '../contracts/words';
import { lsnBytes } from '../contracts/wal';
import type { Finished } from '../kernel/procedure';
import type { Run } from '../kernel/run';
import { askWitnesses } from '../steps/ask-witnesses';
import { beside, clusterOf } from './context';
import { chooseFrom, lostBy, promoteGate, silentSince, type FailoverFacts } from './decide';
import { estimateLoss } from './estimate';
import { fence, proveAgain, type Fenced } from './fence';
import { promoteAndOpen, type Opened } from './promote';
import { protect } from './protect';
import { serves } from './serving';
import { survey } from './survey';
import { awake } from './wake';

/**
 * The failover of an input, from the first look at the servers to what the report says.
 * @returns verdict `none` when the primary takes writes again and nothing was done
 */
export async function failoverBody(run: Run, input: FailoverInput, plan: Plan): Promise<Finished> {
  const cluster = clusterOf(run, input.database, plan);
  const since = silentSince(input);
  if (since) run.disaster(since);

  run.phase('Assess');
  const seen = await awake(run, cluster, input, await survey(run, cluster, input));
  const { primary } = seen;
  // Whoever was sent here because the primary is gone has nothing to do when it takes writes again: it came back by itself.
  if (input.sighting && serves(primary)) {
    run.note(`${primary.service} takes writes again, at ${primary.receivedLsn}: no failover is needed`);
    return { verdict: 'none', result: { needed: false, primary: primary.service } };
  }
  const { chosen, refusals } = chooseFrom(cluster, input, seen);
  if (!chosen) return run.refuse(refusals);
  for (const one of refusals) run.note(one.message);
  const facts: FailoverFacts = {
    survey: seen,
    chosen,
    loss: estimateLoss(seen.sample, chosen, lostBy(cluster, input)),
  };

  run.phase('Decide');
  const gate = promoteGate(cluster, input, facts);
  const approval = await run.gate('promote', gate);
  return run.irreversible(`Make ${chosen.service} the primary`, approval, async (valid) => {
    const approved = gate.latest();
    run.phase('Fence');
    const fenced = await fence(run, cluster, input, approved, valid);

    run.phase('Promote');
    const { timeline, systemIdentifier, service, synchronousStandbyNames } = approved.chosen;
    const opened = await promoteAndOpen(
      run,
      cluster,
      { service, timeline, systemIdentifier, synchronousStandbyNames },
      valid,
      {
        from: approved.survey.primary.service,
        held: fenced.held,
        ...(fenced.proof ? { proveAgain: () => proveAgain(approved) } : {}),
      },
    );
    const loss = lossOf(approved, fenced, opened);
    run.verified('a committed write came back through the client path', loss.ms);
    tell(run, approved, fenced, opened, loss);

    run.phase('Protect');
    const home = beside({ site: cluster.home.site.name });
    const [done] = await Promise.all([
      protect(run, cluster, opened),
      askWitnesses(run, home, cluster.home, owed(fenced, opened)),
    ]);
    return {
      verdict: 'judge',
      result: {
        from: approved.survey.primary.service,
        to: service,
        promoted: opened.promoted,
        estimate: approved.loss,
        loss,
        salvage: fenced.salvage,
        fence: fenced.proof ?? null,
        firstWrite: opened.write,
        ...done,
      },
    };
  });
}

/** What those outside may expect to find: all of it when the WAL was taken over to its end, else all but the end. */
export const owed = ({ salvage }: Fenced, { promoted }: Opened): { doubtFrom?: string; resumedAt?: string } =>
  salvage.complete || !promoted.lastHeartbeatAt
    ? {}
    : { doubtFrom: promoted.lastHeartbeatAt, resumedAt: promoted.wroteAt };

/** What was lost in the end. */
export interface FinalLoss {
  /** null: it cannot be known. */
  ms: number | null;
  basis: string;
}

/**
 * Nothing was lost when the WAL of the lost server was read to its end, or when the standby turned out to hold everything
 * up to its last known position and beyond the last acknowledged heartbeat; else the estimate stands.
 */
export function lossOf({ survey, loss }: FailoverFacts, { proof, salvage }: Fenced, { promoted }: Opened): FinalLoss {
  // Whoever it still serves writes rows that are not here; a figure would be a claim that nobody can make.
  if (!proof)
    return {
      ms: null,
      basis: `${survey.primary.service} is not proven to be stopped: what it takes from now on is not here`,
    };
  if (salvage.complete)
    return {
      ms: 0,
      basis: `the WAL of ${survey.primary.service} was taken over to its end; the old timeline ends at ${promoted.forkLsn}`,
    };
  const { sample } = survey;
  if (!sample || loss.ms === null) return { ms: null, basis: `${loss.basis}; nothing could be salvaged` };
  const behind = lsnBytes(sample.lsn) - lsnBytes(promoted.forkLsn);
  return {
    ms: loss.ms,
    basis: `nothing could be salvaged; the last known position was ${sample.lsn}, the old timeline ends at ${promoted.forkLsn} (${behind > 0 ? `${bytes(behind)} before` : 'not before'} it)`,
  };
}

function tell(run: Run, facts: FailoverFacts, { proof, salvage }: Fenced, { promoted }: Opened, loss: FinalLoss): void {
  run.facts('Failover', [
    { label: 'Primary', value: `${facts.survey.primary.service} → ${promoted.service}` },
    { label: 'Timeline', value: `${promoted.formerTimeline} → ${promoted.timeline}, at ${promoted.forkLsn}` },
    { label: 'Fence', value: proof ? `proven at ${proof.provenAt}` : 'NOT PROVEN; the risk was accepted' },
    { label: 'Loss predicted, at most', value: known(facts.loss.ms, duration) },
    { label: 'Loss', value: `${known(loss.ms, duration)}: ${loss.basis}` },
    {
      label: 'Salvaged',
      value: salvage.complete ? `${salvage.segments.length} segment(s)` : `nothing: ${salvage.problem ?? ''}`,
    },
    { label: 'Next', value: `${facts.survey.primary.service} is no standby yet: dr reprotect` },
  ]);
}

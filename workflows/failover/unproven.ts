/** The second gate: what to do when it cannot be proven that the old primary takes no writes. No policy ever answers it. */
import type { FenceProof } from '../contracts/recovery';
import type { FailoverInput } from '../contracts/failover';
import type { Problem } from '../contracts/run-view';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import type { Cluster } from './context';
import type { FailoverFacts } from './decide';

type Proof = FenceProof | { failed: Problem };

/**
 * Asks a person to take the risk of two primaries, by name and on record. Whoever has made sure by other means (power,
 * network) says so in the reason. The proof is tried once more after the answer.
 * @returns the proof when it succeeded after all; undefined when the risk was accepted
 */
export async function acceptUnproven(
  run: Run,
  cluster: Cluster,
  input: FailoverInput,
  { survey, chosen }: FailoverFacts,
  first: Problem,
  prove: () => Promise<Proof>,
): Promise<FenceProof | undefined> {
  const old = survey.primary.service;
  let measured: Proof | undefined = { failed: first };
  let latest: Proof = measured;
  const approval = await run.gate('unproven-fence', {
    policy: gatePolicy(cluster.plan, 'failover.unproven-fence', input, 10 * 60_000),
    measure: async () => {
      latest = measured ?? (await prove());
      measured = undefined;
      return {
        old,
        promote: chosen.service,
        against: 'failed' in latest ? latest.failed.message : 'nothing: the fence is proven now',
      };
    },
    card: (facts) => ({
      title: `Accept the risk of two primaries: ${old} is not proven to be stopped`,
      will: [`Promote ${facts.promote} although ${old} may still take writes.`],
      loss: [
        {
          label: 'If it still serves somebody',
          value: `every row written on ${old} from now on, and both sides have to be merged by hand`,
        },
      ],
      facts: [{ label: 'What speaks against the fence', value: facts.against }],
      tables: [],
      warnings: [
        `Make sure by other means that ${old} takes no writes: power it off, cut its network. Say in the reason what was done.`,
        'The proof is tried once more after your answer; reject undoes everything done so far.',
      ],
    }),
    // The answer stands whatever the proof says by then: it may only have become better.
    drifted: () => undefined,
  });
  await run.irreversible(`Go on without the proof that ${old} is stopped`, approval, () => Promise.resolve());
  if ('failed' in latest) {
    run.note(
      `the fence of ${old} is NOT proven; the risk was accepted by ${approval.reference.by}: ${approval.reason}`,
    );
    return undefined;
  }
  return latest;
}

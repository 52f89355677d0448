/** The last word belongs to those outside: clients that remember what was acknowledged to them. Not part of the RTO. */
import { drFailure } from '../contracts/errors';
import type { Testimony } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import type { SiteProxies } from '../kernel/site';
import type { Recovery } from './context';
import type { Prepared } from './restore';

export async function askWitnesses(
  run: Run,
  on: SiteProxies,
  recovery: Recovery,
  prepared: Prepared,
  reopenedAt: string,
): Promise<void> {
  const { at } = recovery;
  const until = prepared.copy.lastCommitAt;
  for (const witness of at.database.witnesses) {
    let said: Testimony | undefined;
    await run.optional(
      `Ask witness ${witness.name} for what was acknowledged`,
      async () => {
        said = await on.probe.askWitness({ ...at, witness, resumedAt: reopenedAt, ...(until ? { until } : {}) });
        if (!said.ok) throw drFailure('DR-WITNESS', `${witness.name}: ${said.summary}`);
        return said;
      },
      (value) => value.summary,
    );
    if (said) {
      run.facts(`Witness ${witness.name}`, [
        {
          label: 'Verdict',
          value: said.answered
            ? said.ok
              ? 'nothing that was acknowledged is lost'
              : 'ROWS ARE MISSING'
            : 'did not answer',
        },
        { label: 'Summary', value: said.summary },
        ...said.facts,
      ]);
    }
  }
}

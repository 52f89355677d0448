/** The last word belongs to those outside: clients that remember what was acknowledged to them. Not part of the RTO. */
import { drFailure } from '../contracts/errors';
import type { DatabaseAt, Testimony } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import type { SiteProxies } from '../kernel/site';

/**
 * Asks every witness of the plan; one that misses rows holds the run, and a person may skip it on record.
 * @param asked `until`: up to when what was committed has to be there; `doubtFrom`: from when on it may be lost; `resumedAt`:
 *   first commit of the new history. None of them: everything that was ever acknowledged has to be there
 * @returns whether none of them misses anything
 */
export async function askWitnesses(
  run: Run,
  on: SiteProxies,
  at: DatabaseAt,
  asked: { until?: string; doubtFrom?: string; resumedAt?: string },
): Promise<boolean> {
  let whole = true;
  for (const witness of at.database.witnesses) {
    let said: Testimony | undefined;
    await run.optional(
      `Ask witness ${witness.name} for what was acknowledged`,
      async () => {
        said = await on.probe.askWitness({ ...at, witness, ...asked });
        if (!said.ok) throw drFailure('DR-WITNESS', `${witness.name}: ${said.summary}`);
        return said;
      },
      (value) => value.summary,
    );
    whole &&= said?.ok !== false;
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
  return whole;
}

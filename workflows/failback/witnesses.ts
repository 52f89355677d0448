/** Which witnesses miss nothing before the way home: what was lost at the failover is not this run's loss. */
import type { Run } from '../kernel/run';
import { answered } from '../site/assess';
import type { WayHome } from './context';

/** Asks each while the other site serves. @returns names of those that miss nothing, who are asked again at home */
export async function witnessed(run: Run, { door, onThere, cluster }: WayHome): Promise<string[]> {
  const { witnesses } = cluster.home.database;
  if (witnesses.length === 0) return [];
  const whole = await run.probe(
    'Ask the witnesses for what was acknowledged, before anything moves',
    async () => {
      const said = await Promise.all(
        witnesses.map((witness) => answered(() => onThere.urgent.askWitness({ ...door, witness }))),
      );
      return witnesses.filter((_, index) => said[index]?.answered === true && said[index].ok).map((one) => one.name);
    },
    (names) => `${names.join(', ') || 'none'} of ${witnesses.map((one) => one.name).join(', ')} miss nothing`,
  );
  for (const { name } of witnesses)
    if (!whole.includes(name))
      run.note(`witness ${name} does not answer, or misses rows already: it is not asked after the way home`);
  return whole;
}

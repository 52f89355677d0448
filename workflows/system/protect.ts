/** Phase "Protect": every standby follows again, so that the next loss finds one. */
import { databaseResource } from '../contracts/names';
import { look } from '../failover/survey';
import type { Run } from '../kernel/run';
import { membersToRebuild } from '../reprotect/candidates';
import type { Assessment } from './assess';
import { recoverWith, whyNot } from './child';
import type { System } from './context';
import type { Recovered } from './data';

/** @returns what is not protected, in sentences */
export async function protect(
  run: Run,
  system: System,
  { databases }: Assessment,
  recovered: Recovered[],
): Promise<string[]> {
  run.phase('Protect');
  const exposed = await Promise.all(
    databases.map(async ({ cluster }) => {
      const { name } = cluster.home.database;
      const survey = await run.probe(
        `Look whether the standbys of ${name} follow`,
        () => look(cluster, {}),
        (now) =>
          membersToRebuild(now, undefined)
            .map((one) => `${one.service} does not`)
            .join('; ') || 'they do',
      );
      if (membersToRebuild(survey, undefined).length === 0) return [];
      if (!system.input.protect) return [`the standbys of ${name} do not follow, as the input has it`];
      const resource = databaseResource(name);
      const ways = recovered.find((one) => one.resource === resource)?.ways ?? [];
      const end = await recoverWith(run, system, {
        title: `Make the standbys of ${name} follow`,
        procedure: 'reprotectDatabase',
        resource,
        input: { database: name, fullBackup: ways.includes('failover') },
      });
      const why = whyNot(end);
      return why === undefined ? [] : [`the standbys of ${name} do not follow: ${why}`];
    }),
  );
  return exposed.flat();
}

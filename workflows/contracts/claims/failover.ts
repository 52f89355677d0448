/** Claims of what takes the place of something that is lost. */
import type { Plan } from '../../../plan';
import { databaseResource } from '../names';
import { inWindow, ran, why, type Claim } from './claim';
import { ofDatabase, ofSites } from './parts';

export function failoverClaims({ name, standbys }: Plan['databases'][number]): Claim[] {
  if (standbys.length === 0) return [];
  const common = { section: 'failover', renewed: 'quarterly', parts: ofDatabase(name) } as const;
  const resource = databaseResource(name);
  return [
    {
      ...common,
      id: `database.${name}.databaseFailover`,
      says: `A standby takes the place of the primary of database ${name} when that is lost`,
      about: ran('databaseFailover', resource),
      prove: inWindow(`./dr failover ${name} ${why}`),
    },
    {
      ...common,
      id: `database.${name}.databaseSwitchover`,
      says: `The primary of database ${name} is moved as planned`,
      about: ran('databaseSwitchover', resource),
      prove: inWindow(`./dr switchover ${name} ${why}`),
    },
    {
      ...common,
      id: `database.${name}.reprotectDatabase`,
      says: `Database ${name} gets its standby back`,
      about: ran('reprotectDatabase', resource),
      prove: inWindow(`./dr reprotect ${name} ${why}`),
    },
  ];
}

export const siteClaims = (plan: Plan): Claim[] =>
  plan.sites
    .filter(({ role }) => role === 'backup')
    .flatMap(({ name }): Claim[] => {
      const common = { section: 'failover', renewed: 'quarterly', parts: ofSites } as const;
      return [
        {
          ...common,
          id: `site.${name}.siteFailover`,
          says: `Site ${name} serves when the primary one is lost`,
          about: ran('siteFailover'),
          prove: inWindow(`./dr site failover --site ${name} ${why}`),
        },
        {
          ...common,
          id: `site.${name}.siteFailback`,
          says: `What site ${name} serves comes home to the primary one`,
          about: ran('siteFailback'),
          prove: inWindow(`./dr site failback ${why}`),
        },
      ];
    });

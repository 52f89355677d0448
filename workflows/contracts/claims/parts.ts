/** What of a plan a claim depends on, by the path in the plan. */
import type { Plan } from '../../../plan';
import { serviceResource } from '../names';
import type { Parts } from './claim';

/** A part of a list by its name: `databases.shandi`. */
export const named = <T extends { name: string }>(list: string, all: T[], name: string): Record<string, unknown> => ({
  [`${list}.${name}`]: all.find((one) => one.name === name),
});
export const pick = (plan: Plan, ...keys: (keyof Plan)[]): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, plan[key]]));

/** Measured, or of what is left behind: nothing that is proven depends on it. */
const unclaimed = ['rates', 'damagedVolumeRetention', 'copyRetention'];
const claimed = (database: Plan['databases'][number]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(database).filter(([key]) => !unclaimed.includes(key)));

/** A database, the site it lives at and its objectives. */
export const ofDatabase =
  (name: string): Parts =>
  (plan) => {
    const found = plan.databases.find((one) => one.name === name);
    if (!found) return { [`databases.${name}`]: undefined };
    return {
      [`databases.${name}`]: claimed(found),
      ...named('sites', plan.sites, found.site),
      ...named('tiers', plan.tiers, found.tier),
    };
  };

export const ofService: Parts = (plan, { resource }) => {
  const found = plan.services.find((one) => serviceResource(one.name) === resource);
  if (!found) return { [`services.${resource.replace(/^service\./, '')}`]: undefined };
  return {
    ...named('services', plan.services, found.name),
    ...named('tiers', plan.tiers, found.tier),
    ...pick(plan, 'gateway'),
  };
};

export const ofStore =
  (name: string): Parts =>
  (plan) => ({
    ...named('stores', plan.stores, name),
    'backups.redis': plan.backups.redis.filter((one) => one.store === name),
    'backups.directory': plan.backups.directory,
  });

export const ofSystem: Parts = (plan) => ({
  ...pick(plan, 'sites', 'services', 'stores', 'gateway', 'validation'),
  databases: plan.databases.map(claimed),
  'objectives.fullSystem': plan.objectives.fullSystem,
});

export const ofBundles =
  (kind: 'configuration' | 'certificates'): Parts =>
  (plan) => {
    const { [kind]: policy, directory, recipient, identity } = plan.backups;
    return {
      [`backups.${kind}`]: policy,
      'backups.directory': directory,
      'backups.recipient': recipient,
      'backups.identity': identity,
      ...(kind === 'certificates' ? pick(plan, 'gateway') : {}),
    };
  };

export const ofPeople: Parts = (plan) => pick(plan, 'contacts', 'onCall', 'channels');
export const ofReduced: Parts = (plan) => ({
  'businessContinuity.reducedFunctionality': plan.businessContinuity.reducedFunctionality,
  ...pick(plan, 'gateway'),
});
export const ofSites: Parts = (plan) => ({
  ...pick(plan, 'sites', 'traffic', 'services', 'gateway'),
  databases: plan.databases.map(claimed),
});

/** Claims of services, of everything, and of resources. */
import type { Plan } from '../../../plan';
import { databaseResource } from '../names';
import { inWindow, ran, why, type Claim } from './claim';
import { ofDatabase, ofService, ofSystem, pick } from './parts';

export function recoveryClaims(plan: Plan): Claim[] {
  const common = { section: 'recovery' } as const;
  // Whoever rehearses it on what serves begins where it hurts least.
  const least = plan.services.at(-1)?.name ?? 'SERVICE';
  return [
    {
      ...common,
      id: 'service.serviceRecovery',
      says: 'A service that is down is recovered',
      renewed: 'monthly',
      about: ran('serviceRecovery'),
      parts: ofService,
      prove: `./dr test monthly ${why}`,
    },
    ...plan.databases.map(({ name }): Claim => ({
      ...common,
      id: `database.${name}.databaseRestart`,
      says: `Database ${name} is restarted in its place`,
      renewed: 'quarterly',
      about: ran('databaseRestart', databaseResource(name)),
      parts: ofDatabase(name),
      prove: inWindow(`./dr restart ${name} ${why}`),
    })),
    {
      ...common,
      id: 'system.fullSystemRecovery',
      says: 'Everything is recovered when everything is down',
      renewed: 'quarterly',
      // One that began with most of it running has brought back no more than the rest.
      about: (run) => run.allDown === true && ran('fullSystemRecovery')(run),
      parts: ofSystem,
      prove: `./dr test quarterly ${why}`,
    },
    {
      ...common,
      id: 'resources.relieveResources',
      says: 'What uses up memory, a disk or connections is relieved, as far as the plan allows',
      renewed: 'quarterly',
      about: ran('relieveResources'),
      parts: (now) => pick(now, 'resources'),
      prove: inWindow(`./dr relieve ${why}`),
    },
    {
      ...common,
      id: 'service.isolateService',
      says: 'A service that is not trusted is isolated, its evidence kept',
      section: 'emergency',
      renewed: 'quarterly',
      about: ran('isolateService'),
      parts: ofService,
      prove: inWindow(`./dr isolate ${least} ${why}`),
    },
  ];
}

import { container, type FakeSite } from './fake-site';

export const deadServer = { answered: false, engineAnswered: false, problem: 'its engine does not answer' };

/** Nothing of the primary site answers, and nobody can prove anything there; the other site has the data. */
export function loseSite(site: FakeSite): FakeSite {
  site.servers.set('postgres', deadServer);
  site.servers.set('postgres-standby', deadServer);
  site.without.set('postgres', ['container', 'dataVolume']);
  site.servers.set('backup-postgres', { site: 'backup' });
  site.without.set('backup-postgres', ['receiver', 'receiverSilenceMs']);
  const unreachable = (): never => {
    throw site.failure('DR-ENGINE', 'the engine of site primary does not answer');
  };
  for (const name of ['haltServer', 'proveFence', 'markDemoted', 'pauseClients'] as const)
    site.answer(name, unreachable);
  for (const name of ['stopServices', 'inspectServices'] as const)
    site.answer(name, (given) => {
      const { services, site: at } = given as { services: string[]; site: { name: string } };
      if (at.name === 'primary') unreachable();
      return services.map((service) => ({ service, containerId: service, policy: 'unless-stopped', ran: true }));
    });
  return site;
}

/** The primary site has lost its gateway and its database; its engine answers. */
export function loseSitePartly(site: FakeSite): FakeSite {
  site.servers.set('postgres', { answered: false, problem: 'its container is not running (exit code 137)' });
  site.servers.set('backup-postgres', { site: 'backup' });
  site.sites.reach = { engine: { answered: true, says: '3 of 20 containers run' }, running: ['redis'], containers: 20 };
  return site;
}

/** Site backup serves since a failover. The primary site is back, and what would serve there is stopped for good. */
export function serveAway(site: FakeSite): FakeSite {
  const stopped = { answered: false, problem: 'its container is not running (exit code 0)' };
  site.servedBy('backup-postgres');
  site.servers.set('backup-postgres', { site: 'backup' });
  site.servers.set('postgres', stopped);
  site.servers.set('postgres-standby', stopped);
  site.sites.reach = { engine: { answered: true, says: '0 of 20 containers run' }, containers: 20 };
  site.answer('inspectServices', (given) => {
    const { services, site: at } = given as { services: string[]; site: { name: string } };
    const state = at.name === 'primary' ? { policy: 'no', ran: false } : { policy: 'unless-stopped', ran: true };
    return services.map((service) => ({ service, containerId: service, ...state }));
  });
  return site;
}

/** As a way home leaves it that was ended after the promotion at home: the server of the other site is stopped in order. */
export function halfHome(site: FakeSite): FakeSite {
  site.servers.set('backup-postgres', {
    ...{ answered: false, problem: 'its container is not running (exit code 0)', site: 'backup' },
    container: { ...container, service: 'backup-postgres', running: false },
  });
  site.sites.reach = { engine: { answered: true, says: '20 of 20 containers run' }, containers: 20 };
  return site;
}

import type { FakeSite } from './fake-site';
import type { ProjectFacts, ProjectService, StartedService } from '../../workflows/contracts/system';

const well = { healthy: true, status: 200, says: 'status 200' };

/** The containers of the platform as a fake site sees them: all have ended, every volume is there, every start helps. */
export class FakeSystem {
  /** What is special about a service, by name. */
  readonly services = new Map<string, Partial<ProjectService>>();
  /** The state of every other. */
  state: ProjectService['state'] = 'stopped';
  /** Why Compose cannot read the project. */
  problem: string | undefined;
  /** Services that a start does not bring back. */
  readonly ill = new Set<string>();
  /** Pages that clients do not get. */
  readonly badPages = new Set<string>();
  queries = [{ name: 'users', value: 1, expected: 'at least 1', ok: true }];
  transactions = [{ name: 'order', ok: true, says: 'status 201, and it was read back', afterMs: 10 }];

  answers() {
    return {
      inspectProject: (given: { services: string[]; health: { name: string }[] }): ProjectFacts => this.facts(given),
      startServices: ({ services }: { services: string[] }): StartedService[] =>
        services.map((service) => ({ service, containerId: service, how: 'started' })),
      awaitServices: ({ services }: { services: { service: { name: string } }[] }) =>
        services.map(({ service: { name } }) =>
          this.ill.has(name)
            ? { service: name, healthy: false, status: 503, says: 'status 503', afterMs: 10 }
            : { service: name, ...well, afterMs: 10 },
        ),
      askPages: ({ pages }: { pages: string[] }) =>
        pages.map((page) =>
          this.badPages.has(page) ? { page, healthy: false, status: 502, says: 'status 502' } : { page, ...well },
        ),
      checkIntegrity: () => this.queries,
      placeTransactions: () => this.transactions,
      runTestCommand: () => ({ name: 'tests', ok: true, exitCode: 0, says: 'passed', afterMs: 10 }),
    };
  }

  private facts({ services, health }: { services: string[]; health: { name: string }[] }): ProjectFacts {
    return {
      site: 'primary',
      at: '2026-11-22T17:00:00.000Z',
      services: services.map((service): ProjectService => {
        const own = this.services.get(service) ?? {};
        const state = own.state ?? this.state;
        return {
          service,
          state,
          ...(state === 'none' ? {} : { containerId: service }),
          image: { name: 'shandi/service:1', there: true },
          ...(state === 'running' && health.some((one) => one.name === service) ? { health: well } : {}),
          ...own,
        };
      }),
      ...(this.problem === undefined ? {} : { problem: this.problem }),
    };
  }
}

/** Everything was killed, and the data is there: a restart brings the database back. */
export function killAll(site: FakeSite): void {
  const killed = { answered: false, problem: 'its container is not running (exit code 137)' };
  site.service.dependencies.set('shandi', { healthy: false, says: 'ECONNREFUSED' });
  site.servers.set('postgres', killed);
  site.servers.set('postgres-standby', killed);
  site.answer('restartServer', () => {
    site.servers.clear();
    site.service.dependencies.clear();
    return { how: 'restarted', version: '15.20', durationMs: 10 };
  });
  site.answer('wakeStandby', () => {
    site.servers.delete('postgres-standby');
    return { containerId: 'standby' };
  });
  site.store.facts = { ...site.store.facts, volumeThere: true };
}

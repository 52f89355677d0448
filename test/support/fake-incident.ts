import type { ChangedFiles, DamageFacts, PathFacts, ResourceFacts } from '../../workflows/contracts/incident';
import type { IsolationFacts, KeptEvidence, RestartPolicy } from '../../workflows/contracts/isolation';
import type { FakeSite } from './fake-site';

/** What an assessment asks beside services, databases and stores: nothing is wrong. And a container that can be isolated. */
export class FakeIncident {
  resources: Partial<ResourceFacts> = {};
  paths: PathFacts = { from: 'pgbouncer', paths: [{ service: 'redis', port: 6379, answer: 'connected' }] };
  damage: DamageFacts = { answered: true, checksumFailures: 0, logged: [], connections: { used: 5, max: 100 } };
  changed: ChangedFiles = {
    bundle: { label: '20261122T172924Z-1ea3d016', takenAt: '2026-11-22T17:29:24Z' },
    files: [],
  };
  networks = ['shandi_default'];
  id = 'old';
  frozen = false;
  restartPolicy: RestartPolicy = { name: 'unless-stopped', retries: 0 };
  missing: string[] = [];

  answers() {
    return {
      inspectResources: ({ site }: { site: { name: string } }): ResourceFacts => ({
        site: site.name,
        at: '2026-11-22T17:00:00.000Z',
        containers: [],
        disk: { path: '/var/lib/docker', freeBytes: 9e11, totalBytes: 1e12 },
        ...this.resources,
      }),
      probePaths: (): PathFacts => this.paths,
      lookForDamage: (): DamageFacts => this.damage,
      changedFiles: (): ChangedFiles => this.changed,
      inspectIsolation: ({ service }: { service: string }): IsolationFacts => ({
        service,
        at: '2026-11-22T17:00:00.000Z',
        container: {
          id: this.id,
          name: `shandi-${service}-1`,
          image: 'shandi/service:1',
          imageId: 'sha256:1',
          running: true,
          paused: this.frozen,
          startedAt: '2026-11-22T16:00:00.000Z',
          networks: [...this.networks],
          restartPolicy: this.restartPolicy,
        },
      }),
      freezeService: () => {
        this.frozen = true;
        this.restartPolicy = { name: 'no', retries: 0 };
        return { frozen: true };
      },
      keepServiceEvidence: (): KeptEvidence => ({
        evidence: [{ title: 'Log of content-service', path: 'evidence/container.log', sha256: 'a'.repeat(64) }],
        missing: this.missing,
      }),
      cutOffService: () => {
        const networks = this.networks;
        this.networks = [];
        return { networks };
      },
      liftIsolation: ({ networks, restartPolicy }: { networks: string[]; restartPolicy: RestartPolicy }) => {
        this.restartPolicy = restartPolicy;
        this.networks = networks;
        this.frozen = false;
        return { networks, running: true };
      },
    };
  }
}

/** Everything runs, but order-service was killed; a restart brings it back. */
export function killOrderService(site: FakeSite): void {
  site.system.state = 'running';
  site.system.services.set('order-service', { state: 'stopped' });
  site.answer('askGateway', () => ({ healthy: true, status: 200, says: 'status 200' }));
  const answers = site.service.answers();
  site.answer('restartService', () => {
    site.system.services.delete('order-service');
    return answers.restartService();
  });
}

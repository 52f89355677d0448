import { heartbeat, sleep } from '@temporalio/activity';
import type { SiteReach, TrafficAnswer, UpstreamReach } from '../../workflows/contracts/site';
import type { StoppedService } from '../../workflows/contracts/site';

/** Two sites as a site failover sees them: the primary one is lost in full, and the other one stands by. */
export class FakeSites {
  reach: Partial<SiteReach> = {};
  across: UpstreamReach = { answers: false, says: 'postgres:5432, asked from backup-postgres, does not answer' };
  traffic: TrafficAnswer = { ok: true, says: 'api.theshandi.com resolves to 192.0.2.7' };

  /** The lost site answers again. */
  isBack = false;

  answers() {
    return {
      reachSite: ({ site }: { site: { name: string } }): SiteReach => ({
        site: site.name,
        at: '2026-11-22T17:00:00.000Z',
        engine: { answered: false, says: 'ECONNREFUSED' },
        running: [],
        containers: 0,
        client: { healthy: false, says: 'ECONNREFUSED' },
        ...this.reach,
      }),
      reachUpstream: (): UpstreamReach => this.across,
      inspectServices: ({ services }: { services: string[] }): StoppedService[] =>
        services.map((service) => ({ service, containerId: service, policy: 'unless-stopped', ran: true })),
      stopServices: ({ services }: { services: string[] }): StoppedService[] =>
        services.map((service) => ({ service, containerId: service, policy: 'unless-stopped', ran: true })),
      releaseServices: (): undefined => undefined,
      awaitSite: async () => {
        while (!this.isBack) {
          heartbeat();
          await sleep(20);
        }
        return { at: '2026-11-23T09:00:00.000Z' };
      },
      switchTraffic: () => ({ says: 'done' }),
      checkTraffic: (): TrafficAnswer => this.traffic,
    };
  }
}

/** The plan, and the facts of a day on which nothing is wrong. */
import { join } from 'node:path';
import { loadPlan, type Plan } from '../../../plan';
import { root } from '../../../activities/shared/paths';
import type { IncidentFacts, ServicePicture } from '../../../workflows/contracts/incident';

export const thePlan = async (): Promise<Plan> => (await loadPlan(join(root(), 'plan', 'shandi.yaml'))).plan;

const well = { healthy: true, status: 200, says: 'status 200' };
const at = '2026-11-22T17:00:00.000Z';

/** Everything works. */
export function peace(plan: Plan): IncidentFacts {
  const containers = plan.services.map(({ name }) => ({
    service: name,
    running: true,
    oomKilled: false,
    networks: ['shandi_default'],
    memoryBytes: 5e7,
    memoryLimitBytes: 1e9,
  }));
  return {
    at,
    tookMs: 500,
    sites: plan.sites.map(({ name, role }) => ({ name, role, answered: true })),
    services: plan.services.map(({ name, tier }) => ({
      service: name,
      tier,
      site: 'primary',
      state: 'running',
      healthy: true,
      says: 'status 200',
    })),
    databases: plan.databases.map(({ name, tier, service }) => ({
      name,
      tier,
      service,
      clients: well,
      damage: { answered: true, checksumFailures: 0, logged: [], connections: { used: 5, max: 100 } },
    })),
    stores: plan.stores.map(({ name, tier }) => ({ name, tier, healthy: true, says: 'PONG' })),
    gateway: { service: 'nginx', state: 'running', page: well },
    resources: [
      {
        site: 'primary',
        at,
        containers,
        disk: { path: '/var/lib/docker', freeBytes: 5e11, totalBytes: 1e12 },
        memory: { freeBytes: 4e9, totalBytes: 8e9 },
      },
    ],
    paths: {
      from: 'pgbouncer',
      paths: plan.services.map(({ name, port }) => ({ service: name, port, answer: 'connected' })),
    },
    configuration: { changed: { bundle: { label: 'b', takenAt: at }, files: [] } },
    silent: [],
  };
}

/** Changes a service of the facts. */
export function change(facts: IncidentFacts, service: string, to: Partial<ServicePicture>): void {
  Object.assign(facts.services.find((one) => one.service === service) ?? {}, { healthy: false }, to);
}

/** The shapes that runs on services can have; `save-histories` keeps one of each. */
import { until } from './runs';
import type { Shape } from './shapes';

const word = { by: 'on-call', reason: 'saved history' };

const recovery: Record<string, Shape> = {
  restarted: (house) => house.recoverService({ service: 'api-gateway' }, 'recover.service.api-gateway'),
  'not-needed': (house, site) => {
    site.service.container = { running: true };
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    return house.recoverService();
  },
  refused: (house, site) => {
    site.service.dependencies.set('redis', { healthy: false, says: 'it has no container' });
    return house.recoverService();
  },
  'held-mended': async (house, site) => {
    site.service.helps = [];
    const handle = await house.recoverService();
    await until(handle, 'held');
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
    return handle;
  },
  expired: (house) => house.recoverService({ policyMayAnswer: false, approvalTimeoutMs: 200 }),
};

/** By the name of the procedure as it stands in the file's name. */
export const shapesOfServices: Record<string, Record<string, Shape>> = { 'service-recovery': recovery };

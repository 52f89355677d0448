import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../../activities/shared/paths';
import { loadPlan, type Plan } from '../../../plan';
import { envFiles, statefulVariables } from '../../../workflows/bundle/stateful';

describe('what of an env file is state', () => {
  let plan: Plan;
  before(async () => ({ plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'))));

  it('is every variable of the plan that a procedure changes', () => {
    const [primary, backup] = plan.sites;
    assert.ok(primary && backup);
    assert.deepEqual(
      statefulVariables(plan, primary).map((one) => one.variable),
      ['PGDATA_VOLUME', 'STANDBY_PGDATA_VOLUME', 'DATABASE_HOST', 'REDIS_VOLUME'],
    );
    assert.deepEqual(
      statefulVariables(plan, backup).map((one) => [one.variable, one.mounted?.service]),
      [['STANDBY_PGDATA_VOLUME', 'backup-postgres']],
    );
    assert.deepEqual(
      envFiles(plan).map((one) => one.path),
      ['platform/state/shandi/.env', 'platform/state/shandi-backup/.env'],
    );
  });

  it('names the service and the directory where its Compose file mounts that volume', () => {
    const site = plan.sites[0];
    assert.ok(site);
    const file = parse(readFileSync(join(root(), site.compose.file), 'utf8'), { merge: true }) as {
      services: Record<string, { volumes?: unknown[] }>;
      volumes: Record<string, { name?: string }>;
    };
    for (const { variable, mounted } of statefulVariables(plan, site)) {
      if (!mounted) continue;
      const [volume] = Object.entries(file.volumes).find(([, one]) => one.name?.includes(`{${variable}:`)) ?? [];
      const mounts = file.services[mounted.service]?.volumes ?? [];
      assert.ok(mounts.includes(`${volume ?? ''}:${mounted.directory}`), variable);
    }
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { root } from '../../../activities/shared/paths';
import { loadPlan } from '../../../plan';
import { controlPlaneImages } from '../../../scripts/production/images';
import { workerLabel } from '../../../scripts/rescue/demand-lost';
import { checkout } from '../../../scripts/set-up/paths';
import { pinOf } from '../../../scripts/set-up/tools';
import { searchAttributeNames } from '../../../workflows/contracts/names';

interface Service {
  image: string;
  restart: string;
  command?: string[];
  healthcheck?: object;
  mem_limit?: string;
  labels?: Record<string, string>;
  logging?: object;
  ports?: string[];
}

const text = readFileSync(join(root(), 'docker-compose.yml'), 'utf8');
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
const once = ['schema', 'namespace'];

describe('docker-compose.yml of the production control plane', () => {
  it('has a site worker for each site of the plan, and a label that dr rescue finds each worker by', async () => {
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    const workers = Object.entries(services).filter(([, one]) => one.command?.[0] === 'workers/site.ts');
    assert.deepEqual(
      workers.map(([name, one]) => [name, one.command?.[1], one.labels?.[workerLabel]]),
      plan.sites.map(({ name }) => [`site-${name}`, name, name]),
    );
    assert.equal(services['control-worker']?.labels?.[workerLabel], 'control');
  });

  it('checks and restarts whatever stays up, and gives each a limit of memory and of its log', () => {
    for (const [name, one] of Object.entries(services)) {
      assert.ok(one.mem_limit, `${name} has a limit of memory`);
      assert.ok(one.logging, `${name} has a limit of its log`);
      assert.equal(one.restart, once.includes(name) ? 'on-failure:5' : 'unless-stopped', name);
      assert.equal(one.healthcheck === undefined, once.includes(name), `${name} has a health check`);
    }
  });

  it('publishes nothing to other machines', () => {
    const ports = Object.values(services).flatMap((one) => one.ports ?? []);
    assert.deepEqual(
      ports.filter((one) => !one.startsWith('127.0.0.1:')),
      [],
    );
    assert.equal(ports.length, 2);
  });

  it('names the images that are built, at the pinned versions', () => {
    const named = new Set(Object.values(services).map(({ image }) => /^\$\{\w+:-(.*)\}$/.exec(image)?.[1]));
    assert.deepEqual([...named].sort(), Object.values(controlPlaneImages).sort());
    const { version } = JSON.parse(readFileSync(join(root(), 'package.json'), 'utf8')) as { version: string };
    assert.equal(controlPlaneImages.worker, `shandi-dr/worker:${version}`);
    assert.equal(controlPlaneImages.temporal, `shandi-dr/temporal:${pinOf('temporal-server', checkout).version}`);
  });

  it('asks for nothing that .env.example does not explain', () => {
    const explained = readFileSync(join(root(), '.env.example'), 'utf8');
    const asked = new Set([...text.matchAll(/\$\{(DR_[A-Z_]+)/g)].map(([, name]) => name ?? ''));
    const known = new Set([...explained.matchAll(/^#?(DR_[A-Z_]+)=/gm)].map(([, name]) => name ?? ''));
    assert.deepEqual(
      [...asked].filter((name) => !known.has(name)),
      [],
    );
    assert.equal(parseEnv(explained)['DR_POSTGRESQL_PASSWORD'], '', 'and it holds no secret');
  });

  it('registers the search attributes that runs write', () => {
    const script = readFileSync(join(root(), 'control-plane', 'temporal', 'namespace.sh'), 'utf8');
    assert.equal(/^attributes='(.*)'$/m.exec(script)?.[1], searchAttributeNames.join(' '));
  });
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { comparePlan, parsePlan, type Plan, type PlanDifference } from '../../../plan';
import { ROOT, SHANDI } from './support';

interface Service {
  ports?: (string | { published: string; target: number })[];
  healthcheck?: Record<string, unknown>;
  depends_on?: string[] | Record<string, object>;
  volumes?: (string | Record<string, unknown>)[];
  extends?: object;
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, { external?: boolean; name?: string }>;
}

const PLAN = parsePlan(SHANDI, 'shandi.yaml');
const ENV =
  'REDIS_VOLUME=shandi_redis\nPGDATA_VOLUME=shandi_pgdata\nSTANDBY_PGDATA_VOLUME="shandi_pgdata_standby" # quoted\nPG_PASSWORD=hunter2\n';

/** A Compose file that agrees with the plan, in the short forms. */
function agreeing(plan: Plan): Compose {
  const service = (port: number, target: number, rest: Service = {}): Service => ({
    ports: [`127.0.0.1:${port}:${target}`],
    ...rest,
  });
  const names: Record<string, string> = { shandi: 'pgbouncer' };
  const services = plan.services.map(({ name, port, dependsOn }) => [
    name,
    service(port, port, {
      depends_on: dependsOn.map((item) => names[item] ?? item),
      healthcheck: {
        test: ['CMD', 'curl', '-f', `http://localhost:${port}/health`],
        interval: '30s',
        timeout: '10s',
        retries: 3,
        start_period: '40s',
      },
    }),
  ]);
  const data = '/var/lib/postgresql/data';
  return {
    services: {
      ...(Object.fromEntries(services) as Record<string, Service>),
      nginx: { ports: ['${NGINX_PORT:-8080}:80', '${NGINX_TLS_PORT:-8443}:443'], depends_on: ['api-gateway'] },
      pgbouncer: service(6432, 6432),
      postgres: service(5432, 5432, { volumes: [`pgdata:${data}`, 'pgrepo:/var/lib/pgbackrest'] }),
      'postgres-standby': service(5433, 5432, { volumes: [`standby:${data}`] }),
      redis: service(6379, 6379, { volumes: ['redis:/data', './redis:/etc/redis:ro'] }),
    },
    volumes: {
      pgdata: { external: true, name: '${PGDATA_VOLUME:?}' },
      standby: { external: true, name: '${STANDBY_PGDATA_VOLUME}' },
      pgrepo: { external: true, name: 'shandi_pgrepo' },
      redis: { external: true, name: '${REDIS_VOLUME}' },
    },
  };
}

/** A Compose file of the backup site that agrees with the plan. */
function backup(plan: Plan): Compose {
  const compose = agreeing(plan);
  compose.services['backup-postgres'] = { volumes: ['standby:/var/lib/postgresql/data'] };
  delete compose.services['postgres'];
  delete compose.services['postgres-standby'];
  return compose;
}

interface Case {
  title: string;
  change: (primary: Compose, backup: Compose) => void;
  kind: PlanDifference['kind'];
  sentence: RegExp;
}

const CASES: Case[] = [
  {
    title: 'a service is missing',
    change: ({ services }) => delete services['menu-service'],
    kind: 'service',
    sentence: /services\[3\] is the service menu-service; .*no such service/,
  },
  {
    title: 'a service nobody planned',
    change: ({ services }) => (services['cron'] = {}),
    kind: 'service',
    sentence: /has the service cron; the plan does not know it/,
  },
  {
    title: 'the standby is missing',
    change: ({ services }) => delete services['postgres-standby'],
    kind: 'service',
    sentence: /standbys\[0\] is the service postgres-standby/,
  },
  {
    title: 'another port',
    change: ({ services }) => (services['order-service'] = { ...services['order-service'], ports: ['8106:8006'] }),
    kind: 'port',
    sentence: /services\[6\]\.port \(order-service\) is 8006; .*publishes 8106/,
  },
  {
    title: 'no port at all',
    change: ({ services }) => delete services['redis']?.ports,
    kind: 'port',
    sentence: /stores\[0\]\.port \(redis\) is 6379; .*publishes none/,
  },
  {
    title: 'one port more',
    change: ({ services }) => services['pgbouncer']?.ports?.push('7000:7000'),
    kind: 'port',
    sentence: /publishes 7000 for pgbouncer; .*knows only 6432/,
  },
  {
    title: 'no health check',
    change: ({ services }) => delete services['ai-service']?.healthcheck,
    kind: 'health',
    sentence: /services\[12\]\.health \(ai-service\).*no health check/,
  },
  {
    title: 'a health check at another pace',
    change: ({ services }) => Object.assign(services['ai-service']?.healthcheck ?? {}, { interval: '1m30s' }),
    kind: 'health',
    sentence: /interval \(ai-service\) is 30s; .* says 90s/,
  },
  {
    title: 'a health check with more patience',
    change: ({ services }) => Object.assign(services['ai-service']?.healthcheck ?? {}, { retries: 9 }),
    kind: 'health',
    sentence: /retries \(ai-service\) is 3; .* says 9/,
  },
  {
    title: 'a health check of another page',
    change: ({ services }) =>
      Object.assign(services['ai-service']?.healthcheck ?? {}, { test: 'curl -f http://localhost:8012/ready' }),
    kind: 'health',
    sentence: /path \(ai-service\) is \/health; .*8012\/ready/,
  },
  {
    title: 'a dependency is missing',
    change: ({ services }) => (services['auth-service'] = { ...services['auth-service'], depends_on: { redis: {} } }),
    kind: 'dependency',
    sentence: /services\[1\]\.dependsOn \(auth-service\) needs pgbouncer or postgres/,
  },
  {
    title: 'a dependency nobody planned',
    change: ({ services }) =>
      (services['ai-service'] = { ...services['ai-service'], depends_on: ['redis', 'menu-service'] }),
    kind: 'dependency',
    sentence: /depends_on of ai-service .* names menu-service/,
  },
  {
    title: 'data in a volume that no variable names',
    change: ({ volumes }) => (volumes['pgdata'] = { external: true, name: 'shandi_pgdata' }),
    kind: 'volume',
    sentence: /volumeVariable says that postgres keeps the volume named by PGDATA_VOLUME at .*mounts shandi_pgdata/,
  },
  {
    title: 'data in a volume that Compose may remove',
    change: ({ volumes }) => (volumes['pgdata'] = { name: '${PGDATA_VOLUME}' }),
    kind: 'volume',
    sentence: /mounts shandi_pgdata \(not external\)/,
  },
  {
    title: 'backups in another volume',
    change: ({ volumes }) => (volumes['pgrepo'] = { name: 'elsewhere' }),
    kind: 'volume',
    sentence: /repositoryVolume says that postgres keeps shandi_pgrepo at \/var\/lib\/pgbackrest; .* mounts elsewhere/,
  },
  {
    title: 'a volume nobody planned',
    change: (compose) => {
      compose.services['redis']?.volumes?.push('spool:/spool');
      compose.volumes['spool'] = {};
    },
    kind: 'volume',
    sentence: /gives redis the volume shandi_spool; the plan does not know it/,
  },
  {
    title: 'the backup site cannot stand in',
    change: (_, { services }) => delete services['auth-service'],
    kind: 'service',
    sentence: /services\[1\] \(auth-service\) could run on the site backup/,
  },
  {
    title: 'a stand-in is missing',
    change: (_, { services }) => delete services['backup-postgres'],
    kind: 'service',
    sentence: /sites\[1\]\.standIns\[0\] is the service backup-postgres/,
  },
];

describe('the plan and the Compose files', () => {
  let root: string;
  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'compare-'))));
  afterEach(() => rm(root, { recursive: true }));

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const compare = async (primary: Compose, second: Compose) => {
    await write('platform/compose/docker-compose.prod.yml', stringify(primary));
    await write('platform/compose/docker-compose.backup.yml', stringify(second));
    await write('platform/state/shandi/.env', ENV);
    // Without Docker Compose: the comparison reads plain YAML and fills in the variables itself, as it always does.
    return comparePlan({ plan: PLAN, root }, () => Promise.resolve(undefined));
  };

  it('agree', async () => {
    const { differences, notes } = await compare(agreeing(PLAN), backup(PLAN));
    assert.deepEqual(differences, []);
    assert.ok(notes.some((note) => note.includes('env file platform/state/shandi-backup/.env')));
    assert.ok(!JSON.stringify(notes).includes('hunter2'));
  });

  for (const { title, change, kind, sentence } of CASES) {
    it(`differ: ${title}`, async () => {
      const [primary, second] = [agreeing(PLAN), backup(PLAN)];
      change(primary, second);
      const { differences } = await compare(primary, second);
      const found = differences.find((item) => item.kind === kind && sentence.test(item.sentence));
      assert.ok(found, differences.map((item) => item.sentence).join('\n') || 'no difference found');
      assert.match(found.sentence, /docker-compose\.(prod|backup)\.yml/);
    });
  }

  it('differ: the file is not there', async () => {
    await compare(agreeing(PLAN), backup(PLAN));
    await rm(join(root, 'platform/compose/docker-compose.backup.yml'));
    const { differences } = await comparePlan({ plan: PLAN, root }, () => Promise.resolve(undefined));
    assert.deepEqual(
      differences.map(({ kind, path }) => [kind, path]),
      [['file', 'sites[1].compose.file']],
    );
    assert.match(
      differences[0]?.sentence ?? '',
      /docker-compose\.backup\.yml of the site backup cannot be read: there is no such file/,
    );
  });

  it('are read by Docker Compose where it is there', async () => {
    const long = agreeing(PLAN);
    long.services['redis'] = {
      ports: [{ published: '6379', target: 6379 }],
      volumes: [{ type: 'volume', source: 'redis', target: '/data' }],
    };
    await compare({ services: {}, volumes: {} }, backup(PLAN));
    const config = (project: string): Promise<unknown> => Promise.resolve(project === 'shandi' ? long : undefined);
    const { differences } = await comparePlan({ plan: PLAN, root }, config);
    assert.deepEqual(differences, []);
  });

  it('are compared by service names alone when a file takes parts from others that cannot be put together', async () => {
    const second = backup(PLAN);
    second.services['ai-service'] = { extends: { file: 'docker-compose.prod.yml', service: 'ai-service' } };
    const { differences, notes } = await compare(agreeing(PLAN), second);
    assert.deepEqual(differences, []);
    assert.ok(notes.some((note) => note.includes('only the names of its services were compared')));
  });

  it('of The Shandi agree', async () => {
    const { differences } = await comparePlan({ plan: PLAN, root: ROOT });
    assert.deepEqual(
      differences.map((item) => item.sentence),
      [],
    );
  });
});

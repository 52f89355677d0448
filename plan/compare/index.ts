import type { LoadedPlan } from '../load';
import type { Plan } from '../schema';
import { formatDuration } from '../schema/duration';
import type { Site } from '../schema/sites';
import { expectedServices, type ExpectedMount, type ExpectedService } from './expected';
import type { ComposeService } from './model';
import { readCompose, type ComposeConfig, type ReadCompose } from './read';

/** One point in which the plan and a Compose file disagree. */
export interface PlanDifference {
  site: string;
  kind: 'file' | 'service' | 'port' | 'health' | 'volume' | 'dependency';
  /** Place in the plan; empty for what only the Compose file has. */
  path: string;
  /** The whole sentence: both values and where each comes from. */
  sentence: string;
}

/** What comparing a plan with the Compose files of its sites brought to light. */
export interface PlanComparison {
  differences: PlanDifference[];
  /** What made the comparison weaker than it could be, one sentence each. */
  notes: string[];
}

type Add = (kind: PlanDifference['kind'], path: string, sentence: string) => void;

/**
 * Compares a plan with the Compose file of each site, in both directions: services, published ports, health checks,
 * volumes, dependencies. A recovery acts on what the plan says, so every difference would be found out at the worst time.
 *
 * @param loaded the plan and the directory its paths start from
 * @param config how a Compose file is put together. Default: by Docker Compose
 */
export async function comparePlan(
  loaded: Pick<LoadedPlan, 'plan' | 'root'>,
  config?: ComposeConfig,
): Promise<PlanComparison> {
  const differences: PlanDifference[] = [];
  const notes: string[] = [];
  for (const site of loaded.plan.sites) {
    const add: Add = (kind, path, sentence) => differences.push({ site: site.name, kind, path, sentence });
    const compose = await readCompose(site, loaded.root, config).catch((error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'there is no such file' : 'it is not YAML';
      add(
        'file',
        `sites[${loaded.plan.sites.indexOf(site)}].compose.file`,
        `The Compose file ${site.compose.file} of the site ${site.name} cannot be read: ${reason}.`,
      );
      return undefined;
    });
    if (!compose) continue;
    notes.push(...compose.notes);
    compareSite(loaded.plan, site, compose, add);
  }
  return { differences, notes };
}

function compareSite(plan: Plan, site: Site, compose: ReadCompose, add: Add): void {
  const file = site.compose.file;
  const expected = expectedServices(plan, site);
  for (const service of expected) {
    const actual = compose.services.get(service.name);
    if (!actual) {
      add('service', service.path, `${service.path} is the service ${service.name}; ${file} has no such service.`);
      continue;
    }
    if (!compose.complete) continue;
    comparePorts(service, actual, file, add);
    compareHealth(service, actual, file, add);
    compareDependencies(service, actual, file, add);
    for (const mount of service.mounts) compareMount(service, mount, actual, compose, file, add);
  }
  if (site.role === 'backup') compareStandIn(plan, site, compose, add);
  compareUnknown(plan, site, expected, compose, add);
}

function comparePorts(service: ExpectedService, actual: ComposeService, file: string, add: Add): void {
  const published = actual.ports.map((item) => item.published);
  for (const { path, port } of service.ports) {
    if (published.includes(port)) continue;
    const has = published.length > 0 ? published.join(', ') : 'none';
    add('port', path, `${path} (${service.name}) is ${port}; ${file} publishes ${has}.`);
  }
  const known = service.ports.map((item) => item.port);
  const extra = published.filter((port) => !known.includes(port));
  if (extra.length > service.ports.filter((item) => !published.includes(item.port)).length) {
    add(
      'port',
      service.path,
      `${file} publishes ${extra.join(', ')} for ${service.name}; ${service.path} knows only ${known.join(', ')}.`,
    );
  }
}

function compareHealth(service: ExpectedService, actual: ComposeService, file: string, add: Add): void {
  const { health: plan } = service;
  if (!plan) return;
  const path = `${service.path}.health`;
  const { health } = actual;
  if (!health) {
    add('health', path, `${path} (${service.name}) names ${plan.path}; ${file} has no health check for the service.`);
    return;
  }
  for (const key of ['interval', 'timeout', 'startPeriod'] as const) {
    if (plan[key] === health[key]) continue;
    add(
      'health',
      `${path}.${key}`,
      `${path}.${key} (${service.name}) is ${formatDuration(plan[key])}; ${file} says ${formatDuration(health[key])}.`,
    );
  }
  if (plan.retries !== health.retries) {
    add(
      'health',
      `${path}.retries`,
      `${path}.retries (${service.name}) is ${plan.retries}; ${file} says ${health.retries}.`,
    );
  }
  // The check runs inside the container, so the port in it is the container's.
  const pages = actual.ports.map(({ target }) => `:${target}${plan.path}`);
  if (!pages.some((page) => health.test.includes(page))) {
    add(
      'health',
      `${path}.path`,
      `${path}.path (${service.name}) is ${plan.path}; the health check in ${file} is '${health.test}'.`,
    );
  }
}

function compareDependencies(service: ExpectedService, actual: ComposeService, file: string, add: Add): void {
  if (!service.dependsOn) return;
  const path = service.path === 'gateway' ? 'gateway.upstreams' : `${service.path}.dependsOn`;
  for (const names of service.dependsOn) {
    if (names.some((name) => actual.dependsOn.includes(name))) continue;
    add(
      'dependency',
      path,
      `${path} (${service.name}) needs ${names.join(' or ')}; depends_on in ${file} does not name it.`,
    );
  }
  const known = service.dependsOn.flat();
  for (const name of actual.dependsOn.filter((item) => !known.includes(item))) {
    add('dependency', path, `depends_on of ${service.name} in ${file} names ${name}; ${path} does not.`);
  }
}

function compareMount(
  service: ExpectedService,
  mount: ExpectedMount,
  actual: ComposeService,
  compose: ReadCompose,
  file: string,
  add: Add,
): void {
  const named = actual.mounts.map((item) => ({
    key: item.volume,
    target: item.target,
    volume: compose.volumes.get(item.volume),
  }));
  const wanted = mount.volume ?? `the volume named by ${mount.variable ?? ''}`;
  const at = mount.target === undefined ? '' : ` at ${mount.target}`;
  const candidates = named.filter((item) => mount.target === undefined || item.target === mount.target);
  const good = candidates.some(({ key, volume }) =>
    mount.variable === undefined
      ? volume !== undefined && ['', mount.volume].includes(volume.name)
      : volume?.external === true && new RegExp(`\\$\\{?${mount.variable}\\b`).test(compose.volumeNames.get(key) ?? ''),
  );
  if (good) return;
  const has =
    candidates
      .map(({ key, volume }) => `${volume?.name ?? key}${volume?.external ? '' : ' (not external)'}`)
      .join(', ') || 'none';
  add('volume', mount.path, `${mount.path} says that ${service.name} keeps ${wanted}${at}; ${file} mounts ${has}.`);
}

/** A backup site must be able to run every service that keeps nothing of its own, and have the stand-ins it promises. */
function compareStandIn(plan: Plan, site: Site, compose: ReadCompose, add: Add): void {
  for (const [index, standIn] of site.standIns.entries()) {
    if (compose.services.has(standIn.service)) continue;
    const path = `sites[${plan.sites.indexOf(site)}].standIns[${index}]`;
    add('service', path, `${path} is the service ${standIn.service}; ${site.compose.file} has no such service.`);
  }
  for (const [index, service] of plan.services.entries()) {
    if (!service.stateless || (service.site !== undefined && service.site === site.name)) continue;
    const path = `services[${index}]`;
    const actual = compose.services.get(service.name);
    if (!actual) {
      add(
        'service',
        path,
        `${path} (${service.name}) could run on the site ${site.name}; ${site.compose.file} has no such service.`,
      );
    } else if (compose.complete) {
      compareHealth(
        { path, name: service.name, ports: [], health: service.health, mounts: [] },
        actual,
        site.compose.file,
        add,
      );
    }
  }
}

/** What only the Compose file has: nothing would recover it. */
function compareUnknown(plan: Plan, site: Site, expected: ExpectedService[], compose: ReadCompose, add: Add): void {
  const everything = plan.sites.flatMap((other) => expectedServices(plan, other));
  const file = site.compose.file;
  for (const name of compose.services.keys()) {
    if (everything.some((service) => service.name === name)) continue;
    if (site.standIns.some((standIn) => standIn.service === name)) continue;
    add('service', '', `${file} has the service ${name}; the plan does not know it, so nothing would recover it.`);
  }
  if (site.role === 'backup') return;
  for (const service of compose.complete ? expected : []) {
    for (const { volume } of compose.services.get(service.name)?.mounts ?? []) {
      const name = compose.volumes.get(volume)?.name ?? volume;
      const text = compose.volumeNames.get(volume) ?? '';
      const known = service.mounts.some(
        (mount) => mount.volume === name || (mount.variable !== undefined && text.includes(mount.variable)),
      );
      const elsewhere = name === '' || everything.some((other) => other.mounts.some((mount) => mount.volume === name));
      if (!known && !elsewhere) {
        add(
          'volume',
          service.path,
          `${file} gives ${service.name} the volume ${name}; the plan does not know it, so nothing would recover it.`,
        );
      }
    }
  }
}

import { isRecord } from '../report';

/** Health check of a Compose service; times in milliseconds. */
export interface ComposeHealth {
  test: string;
  interval: number;
  timeout: number;
  retries: number;
  startPeriod: number;
}

/** What of a Compose service the plan knows too. */
export interface ComposeService {
  ports: { published: number; target: number }[];
  health?: ComposeHealth;
  mounts: { volume: string; target: string }[];
  dependsOn: string[];
}

/** What of a Compose file the plan knows too. Environment variables are left out: they may be secrets. */
export interface ComposeModel {
  services: Map<string, ComposeService>;
  /** Volumes by their key in the file. An empty name is one that only a variable without a value would give. */
  volumes: Map<string, { name: string; external: boolean }>;
}

/** Picks what the comparison needs from a Compose file, written short or long. */
export function composeModel(document: unknown, project: string): ComposeModel {
  const root = isRecord(document) ? document : {};
  const services = Object.entries(record(root['services'])).map(
    ([name, service]) => [name, composeService(record(service))] as const,
  );
  const volumes = Object.entries(record(root['volumes'])).map(([key, volume]) => {
    const { name, external } = record(volume);
    return [key, { name: typeof name === 'string' ? name : `${project}_${key}`, external: external === true }] as const;
  });
  return { services: new Map(services), volumes: new Map(volumes) };
}

function composeService(service: Record<string, unknown>): ComposeService {
  const health = composeHealth(record(service['healthcheck']));
  const dependsOn = service['depends_on'];
  return {
    ports: list(service['ports']).flatMap(composePort),
    ...(health ? { health } : {}),
    mounts: list(service['volumes']).flatMap(composeMount),
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : Object.keys(record(dependsOn)),
  };
}

/** `8000:8000`, `127.0.0.1:8000:8000/tcp` or the long form. */
function composePort(port: unknown): { published: number; target: number }[] {
  if (isRecord(port)) return [{ published: Number(port['published']), target: Number(port['target']) }];
  const [target, published] = String(port).split('/')[0]?.split(':').reverse() ?? [];
  return published === undefined ? [] : [{ published: Number(published), target: Number(target) }];
}

/** `name:/path:ro` or the long form; bind mounts are left out. */
function composeMount(mount: unknown): { volume: string; target: string }[] {
  if (isRecord(mount)) {
    return mount['type'] === 'volume' ? [{ volume: String(mount['source']), target: String(mount['target']) }] : [];
  }
  const [source = '', target] = String(mount).split(':');
  return target !== undefined && /^[A-Za-z0-9]/.test(source) ? [{ volume: source, target }] : [];
}

/** Docker's own defaults (Dockerfile reference, HEALTHCHECK) stand in for what the file leaves out. */
function composeHealth(health: Record<string, unknown>): ComposeHealth | undefined {
  const test = health['test'];
  if (test === undefined || health['disable'] === true) return undefined;
  return {
    test: Array.isArray(test) ? test.map(String).join(' ') : String(test),
    interval: goDuration(health['interval'], 30_000),
    timeout: goDuration(health['timeout'], 30_000),
    retries: health['retries'] === undefined ? 3 : Number(health['retries']),
    startPeriod: goDuration(health['start_period'], 0),
  };
}

/** Reads a duration as Docker Compose writes it (`1m30s`, `1.5s`). */
function goDuration(value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 0.001, ns: 0.000_001 };
  const parts = String(value).matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

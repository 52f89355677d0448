/** What a run leaves behind is read by many: none of it may hold a secret of the platform. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { readEnv } from '../../platform/lifecycle';
import { project, testHome } from './names';

/** The secrets of the platform under test, by the key of its env file. */
async function secretsOfPlatform(): Promise<[name: string, value: string][]> {
  const secrets = Object.entries(await readEnv(project)).filter(([name]) => /PASS|SECRET|KEY|TOKEN|CIPHER/.test(name));
  assert.ok(secrets.length >= 5, `only ${secrets.length} secrets in the env file of ${project}`);
  for (const [name, value] of secrets) assert.ok(value.length >= 8, `${name} is too short to be looked for`);
  return secrets;
}

/**
 * Looks for every secret of the platform in the run's history, decoded, and in every file of the control plane's state:
 * reports, pages, evidence, logs, and Temporal's own store, which has all runs. Says which secret is where.
 * @param more secrets that are not in the env file now, by what to call them
 */
export async function noSecrets(handle: WorkflowHandle, more: [name: string, value: string][] = []): Promise<void> {
  const secrets = [...(await secretsOfPlatform()), ...more];
  const places: [where: string, content: Buffer][] = [
    await historyOf(handle),
    ...files(testHome).map((path): [string, Buffer] => [relative(testHome, path), readFileSync(path)]),
  ];
  for (const kind of ['.json', '.html', '.log', '.sqlite'])
    assert.ok(
      places.some(([where]) => where.endsWith(kind)),
      `no ${kind} file in ${places.map(([where]) => where).join(', ')}: this would have looked at nothing`,
    );
  assert.deepEqual(found(places, secrets), []);
}

/** Looks for secrets of a test's own in a run's history, decoded. */
export async function noSecretIn(handle: WorkflowHandle, secrets: [name: string, value: string][]): Promise<void> {
  assert.deepEqual(found([await historyOf(handle)], secrets), []);
}

const historyOf = async (handle: WorkflowHandle): Promise<[where: string, content: Buffer]> => [
  `history of ${handle.workflowId}`,
  Buffer.from(decoded(historyToJSON(await handle.fetchHistory()))),
];

/** Which secret is where. */
const found = (places: [where: string, content: Buffer][], secrets: [name: string, value: string][]): string[] =>
  places.flatMap(([where, content]) =>
    secrets
      .filter(([, value]) => forms(value).some((form) => content.includes(form)))
      .map(([name]) => `${name} in ${where}`),
  );

/** A value as it stands in plain text, in JSON and in an address. */
const forms = (value: string): string[] => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];

/** Payloads of a history are base64: what they hold, beside the rest. */
const decoded = (json: string): string =>
  json.replace(/"data":\s*"([A-Za-z0-9+/=]*)"/g, (_all, data: string) => Buffer.from(data, 'base64').toString('utf8'));

/** Every file below a folder; sockets and the bundles, which are this checkout's own code, are no place for a secret. */
function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'bundles' ? [] : files(path);
    return entry.isFile() ? [path] : [];
  });
}

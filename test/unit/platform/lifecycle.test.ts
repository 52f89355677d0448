import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseEnv } from '../../../platform/lifecycle/env';
import { checkProject, composeFile, PORTS } from '../../../platform/lifecycle/layout';
import { SERVICES } from '../../../platform/lifecycle/services';
import { roles } from '../../../platform/service/roles';

interface Compose {
  services: Record<string, { ports?: string[]; healthcheck?: Record<string, unknown> }>;
}
const prod = parse(readFileSync(composeFile('prod'), 'utf8'), { merge: true }) as Compose;

describe('the platform is described once', () => {
  it('has the same fifteen services in the compose file, in the program and in the port list', () => {
    const names = SERVICES.map(({ name }) => name).sort();
    assert.equal(names.length, 15);
    assert.deepEqual(Object.keys(roles).sort(), names);
    for (const name of names) assert.ok(prod.services[name], `${name} is not in the compose file`);
  });

  it('publishes every port of the list on 127.0.0.1 only', () => {
    const published = Object.values(prod.services).flatMap(({ ports = [] }) => ports);
    for (const port of published) assert.match(port, /^127\.0\.0\.1:\$\{/);
    for (const [name, port] of Object.entries(PORTS))
      assert.ok(
        published.some((text) => text.startsWith(`127.0.0.1:\${${name}:-${port}}:`)),
        `${name} with default ${port} is not published`,
      );
  });

  it('checks health as the plan says', () => {
    for (const { name, portName } of SERVICES)
      assert.deepEqual(prod.services[name]?.healthcheck, {
        test: ['CMD', 'curl', '-f', `http://localhost:${PORTS[portName]}/health`],
        interval: '30s',
        timeout: '10s',
        retries: 3,
        start_period: '40s',
      });
  });

  it('overrides no service in the test copy that production does not have', () => {
    const path = composeFile('test').replace('docker-compose.test', 'test.override');
    const override = parse(readFileSync(path, 'utf8')) as Compose;
    assert.deepEqual(Object.keys(override.services).sort(), Object.keys(prod.services).sort());
  });
});

describe('what an operator types', () => {
  it('refuses project names that could reach outside the state directory', () => {
    for (const bad of ['', '../etc', 'A', 'a b', 'a'.repeat(41), '-a'])
      assert.throws(() => checkProject(bad), /cannot be used: expected lower-case/);
    assert.equal(checkProject('shandi-test'), 'shandi-test');
  });

  it('reads an env file as compose does', () => {
    assert.deepEqual(parseEnv('# comment\nA=1\n\nB=a=b\nnot a line\n'), { A: '1', B: 'a=b' });
  });
});

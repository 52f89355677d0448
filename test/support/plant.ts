import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';
import { project, testHome } from './names';

/** Makes the container of a service with an override on top of the Compose file: what the file says is not what runs. */
export function plant(service: string, override: string): void {
  const file = join(testHome, `${service}.yml`);
  writeFileSync(file, override);
  const state = join(root(), 'platform', 'state', project, '.env');
  const prod = join(root(), 'platform', 'compose', 'docker-compose.prod.yml');
  const files = ['-f', prod, '-f', file, '--env-file', state];
  const up = spawnSync('docker', ['compose', '-p', project, ...files, 'up', '-d', '--no-deps', service], {
    encoding: 'utf8',
  });
  assert.equal(up.status, 0, up.stderr);
}

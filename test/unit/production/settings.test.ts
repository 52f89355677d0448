import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { writeSettings } from '../../../scripts/production/settings';

describe('settings of the production control plane', () => {
  const kept = { ...process.env };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-test-'));
    process.env['DR_HOME'] = join(folder, 'home');
    delete process.env['DR_PLAN'];
  });
  afterEach(() => {
    process.env = { ...kept };
    rmSync(folder, { recursive: true });
  });

  it('are for the owner alone, and a second time change nothing: the password is that of the database', () => {
    const file = join(folder, 'some', '.env');
    const first = writeSettings(file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(first.settings['DR_POSTGRESQL_PASSWORD'] ?? '', /^[0-9a-f]{48}$/);
    assert.ok(statSync(first.settings['DR_HOME'] ?? '').isDirectory(), 'made before Docker makes it as root');
    const before = readFileSync(file, 'utf8');
    assert.deepEqual(writeSettings(file).added, []);
    assert.equal(readFileSync(file, 'utf8'), before);
  });

  it('that a person chose stay, and what is missing is added', () => {
    const file = join(folder, '.env');
    appendFileSync(file, '# ours\nDR_TEMPORAL_PORT=17233\nDR_RETENTION=30d');
    const { added } = writeSettings(file);
    assert.ok(!added.includes('DR_TEMPORAL_PORT') && added.includes('DR_POSTGRESQL_PASSWORD'));
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^# ours\nDR_TEMPORAL_PORT=17233\nDR_RETENTION=30d\nDR_ROOT=/);
    assert.equal(parseEnv(text)['DR_TEMPORAL_PORT'], '17233');
  });

  it('refuse a plan that no worker would see', () => {
    process.env['DR_PLAN'] = '/etc/hostname';
    assert.throws(() => writeSettings(join(folder, '.env')), /DR_PLAN is "\/etc\/hostname".*the workers see/);
  });
});

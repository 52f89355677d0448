import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineOf, onEngine } from '../../../activities/shared/engine';
import type { Site } from '../../../plan';

describe('an engine that takes a call and hangs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const socketPath = join(folder, 'engine.sock');
  const site = { name: 'primary', engine: { socketPath } } as Site;
  let server: Server;

  before((done) => {
    server = createServer(() => undefined).listen(socketPath, done);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('is an error that is tried again, not a step that never ends', async () => {
    const call = onEngine(site, 'inspecting container x', () => engineOf(site, 100).getContainer('x').inspect());
    await assert.rejects(call, (error: Error & { type?: string; nonRetryable?: boolean }) => {
      assert.equal(error.type, 'DR-ENGINE');
      assert.equal(error.nonRetryable, false);
      return true;
    });
  });
});

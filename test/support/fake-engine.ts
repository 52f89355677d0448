/**
 * A Docker engine on a socket of its own that knows volumes and nothing else: for what activities make of files on them.
 * Everything that is not a volume is not found.
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export class FakeEngine {
  private readonly volumes = new Map<string, string>();

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async listen(): Promise<FakeEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'fake-engine-'));
    const server = createServer();
    const engine = new FakeEngine(folder, server);
    server.on('request', (request, response) => {
      const name = /\/volumes\/([^/?]+)/.exec(request.url ?? '')?.[1];
      const mountpoint = engine.volumes.get(decodeURIComponent(name ?? ''));
      response.statusCode = mountpoint === undefined ? 404 : 200;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(mountpoint === undefined ? { message: 'not found' } : { Name: name, Mountpoint: mountpoint }),
      );
    });
    server.listen(engine.socketPath);
    await once(server, 'listening');
    return engine;
  }

  get socketPath(): string {
    return join(this.folder, 'engine.sock');
  }

  /** Makes a volume with these files in it. */
  volume(name: string, files: Record<string, string | Buffer>): void {
    const directory = join(this.folder, 'volumes', name);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    this.volumes.set(name, directory);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}

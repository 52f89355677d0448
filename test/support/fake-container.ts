/** A Docker engine on a socket of its own that has one container of a Compose service, and remembers what it was asked to do. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Site } from '../../plan';

export class FakeContainer {
  readonly id = 'c0ffee'.repeat(10) + 'beef';
  /** `POST` calls, without the API's version: path and body. */
  readonly asked: string[] = [];
  /** Answers to other `GET` calls, by the end of their path. */
  readonly answers: Record<string, unknown> = {};
  state = { Running: true, Paused: false, StartedAt: '2026-11-22T16:00:00Z' };
  restartPolicy = { Name: 'on-failure', MaximumRetryCount: 3 };
  networkMode = 'shandi_default';
  networks: Record<string, object> = { shandi_default: { Aliases: ['content-service'] } };
  env: string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async listen(): Promise<FakeContainer> {
    const server = createServer();
    const fake = new FakeContainer(mkdtempSync(join(tmpdir(), 'fake-container-')), server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
        if (request.method === 'POST') fake.take(path, body);
        const answer = request.method === 'GET' ? fake.answer(path) : '';
        response.statusCode = answer === undefined ? 404 : 200;
        response.setHeader('content-type', 'application/json');
        response.end(answer === '' ? '' : JSON.stringify(answer ?? { message: 'not found' }));
      });
    });
    server.listen(join(fake.folder, 'engine.sock'));
    await once(server, 'listening');
    return fake;
  }

  get site(): Site {
    const socketPath = join(this.folder, 'engine.sock');
    const envFile = join(this.folder, 'site.env');
    return {
      name: 'primary',
      engine: { socketPath },
      compose: { project: 'shandi', file: 'none.yml', envFile },
    } as Site;
  }

  /** Writes the env file of its site. */
  writeEnv(text: string): void {
    writeFileSync(this.site.compose.envFile, text);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  info(): object {
    const labels = { 'com.docker.compose.project': 'shandi', 'com.docker.compose.service': 'content-service' };
    return {
      Id: this.id,
      Name: '/shandi-content-service-1',
      Image: 'sha256:1',
      Config: { Image: 'shandi/service:1', Env: this.env, Labels: labels },
      State: this.state,
      HostConfig: { RestartPolicy: this.restartPolicy, NetworkMode: this.networkMode },
      NetworkSettings: { Networks: this.networks },
    };
  }

  private answer(path: string): unknown {
    if (path === '/containers/json') return [{ Id: this.id, State: 'running' }];
    if (path === `/containers/${this.id}/json`) return this.info();
    return Object.entries(this.answers).find(([end]) => path.endsWith(end))?.[1];
  }

  private take(path: string, body: string): void {
    this.asked.push(`${path.split('/').at(-1) ?? path}${body === '' ? '' : ` ${body}`}`);
    if (path.endsWith('/pause')) this.state = { ...this.state, Paused: true };
    if (path.endsWith('/unpause')) this.state = { ...this.state, Paused: false };
    if (path.endsWith('/update'))
      this.restartPolicy = (JSON.parse(body) as { RestartPolicy: FakeContainer['restartPolicy'] }).RestartPolicy;
  }
}

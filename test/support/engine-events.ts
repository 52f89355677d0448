/** What the Docker engine did, as it tells it: how often an effect really happened is counted here, not in our own words. */
import type { Readable } from 'node:stream';
import { docker } from './docker';

export interface EngineEvent {
  /** `start`, `die`, `kill`, `exec_start: …` */
  action: string;
  container: string;
  id: string;
  exitCode?: number;
}

interface Raw {
  Action?: string;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
}

export class EngineEvents {
  readonly all: EngineEvent[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly stream: Readable) {}

  /** Listens from now on; stop it in the end. */
  static async watch(): Promise<EngineEvents> {
    const stream = (await docker.getEvents({ filters: { type: ['container'] } })) as Readable;
    const events = new EngineEvents(stream);
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter(Boolean)) events.take(JSON.parse(line) as Raw);
    });
    stream.on('error', () => undefined);
    return events;
  }

  stop(): void {
    this.stream.destroy();
  }

  /** Those of one action on a container, by name or id. */
  of(action: string, container: string): EngineEvent[] {
    return this.all.filter((one) => matches(one, action, container));
  }

  /** The first such event since the watch began, waited for. */
  async first(action: string, container: string, timeoutMs = 60_000): Promise<EngineEvent> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = this.of(action, container)[0];
      if (found) return found;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no ${action} of container ${container} within ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => (this.waiting.delete(wake), resolve()), left);
        const wake = (): void => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  private take(raw: Raw): void {
    const { name = '', exitCode } = raw.Actor?.Attributes ?? {};
    this.all.push({
      action: raw.Action ?? '',
      container: name,
      id: raw.Actor?.ID ?? '',
      ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    });
    for (const wake of [...this.waiting]) wake();
  }
}

const matches = (event: EngineEvent, action: string, container: string): boolean =>
  event.action.split(':')[0] === action && (event.container === container || event.id === container);

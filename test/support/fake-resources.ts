import type { EndSessions, FreeFiles, LimitMemory } from '../../activities/resources';
import type { ConnectionUse, ContainerUse, DiskUse, IdleSession } from '../../workflows/contracts/resources';

const MB = 1_000_000;

/** What a fake platform uses up; a measure that is taken helps as far as `helps` says. */
export class FakeResources {
  readonly containers = new Map<string, ContainerUse>();
  disk: DiskUse = {
    service: 'content-service',
    path: '/var/tmp',
    totalBytes: 100 * MB,
    freeBytes: 50 * MB,
    largest: [],
    freeable: [],
  };
  idle: IdleSession[] = [];
  used = 10;
  /** Kinds of measures that do what they should. */
  readonly helps = new Set(['limit', 'restart', 'free', 'terminate']);

  /** A service takes more than it should. */
  hog(service: string, memoryBytes = 190 * MB, more: Partial<ContainerUse> = {}): void {
    this.containers.set(service, {
      service,
      containerId: `${service}-1`,
      running: true,
      startedAt: '2026-11-22T16:00:00.000Z',
      memoryBytes,
      limitBytes: 200 * MB,
      oomKilled: false,
      cpus: 0.9,
      ...more,
    });
  }

  fill(entry = 'content-cache', files = 3): void {
    const freeable = [{ name: entry, files, bytes: 60 * MB, olderThan: Date.parse('2026-11-22T16:00:00.000Z') }];
    this.disk = { ...this.disk, freeBytes: MB, largest: [{ path: '/var/tmp/cache-1', bytes: 60 * MB }], freeable };
  }

  exhaust(idle = 2): void {
    this.used = 95;
    this.idle = Array.from({ length: idle }, (_, index) => ({
      pid: 100 + index,
      startedAt: '2026-11-22T16:00:00+00:00',
      user: 'theshandi_user',
      application: 'report',
      idleMs: 600_000,
    }));
  }

  answers() {
    return {
      measureContainers: (): ContainerUse[] => [...this.containers.values()],
      measureDisks: () => ({ disks: [this.disk], unknown: [] }),
      measureConnections: (): ConnectionUse => ({
        database: 'shandi',
        service: 'postgres',
        used: this.used,
        most: 97,
        byClient: [{ client: 'report (idle in transaction)', count: this.idle.length }],
        idle: this.idle,
        waiting: 0,
      }),
      limitMemory: ({ service, limitBytes }: LimitMemory) => {
        const one = this.containers.get(service.name);
        if (one) this.containers.set(service.name, { ...one, limitBytes });
        return { limitBytes };
      },
      freeFiles: ({ entry }: FreeFiles) => {
        const [first] = this.disk.freeable;
        if (this.helps.has('free')) this.disk = { ...this.disk, freeBytes: 60 * MB, largest: [], freeable: [] };
        return { files: first?.name === entry.name ? first.files : 0 };
      },
      endSessions: ({ sessions }: EndSessions) => {
        if (this.helps.has('terminate')) {
          this.used -= 50;
          this.idle = [];
        }
        return { ended: sessions.length };
      },
    };
  }

  /** For the fake's restart of a service. */
  restarted(service: string): void {
    const one = this.containers.get(service);
    if (one && this.helps.has('restart'))
      this.containers.set(service, {
        ...one,
        memoryBytes: 50 * MB,
        running: true,
        startedAt: '2026-11-22T17:00:00.000Z',
      });
  }
}

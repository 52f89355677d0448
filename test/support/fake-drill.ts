import { cancelled, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Isolation, Planted, PlantedFault, RowCount, UnwellServing } from '../../workflows/contracts/drill';
import type { Coverage, DatabaseFacts } from '../../workflows/contracts/recovery';

/** The drill's copy as a fake site sees it: isolated, and its table comes back. */
export class FakeDrill {
  isolation: Isolation = {
    tried: 40,
    reached: [],
    shared: [],
    control: { target: '172.18.0.5:6432', reached: true },
  };
  /** Rows of the table before it is dropped, and after its recovery. */
  rows: [number, number | null] = [1200, 1200];
  private counted = 0;
  /** What serves becomes unwell once this activity has been called. */
  alarmAfter: string | undefined;

  /** What is planted now, and what of it nobody can see. */
  planted: PlantedFault | undefined;
  readonly invisible = new Set<PlantedFault>();

  private shows(fault: PlantedFault): boolean {
    return this.planted === fault && !this.invisible.has(fault);
  }

  /** The database with what is planted in it. */
  damaged(): Partial<DatabaseFacts> {
    if (!this.shows('wrong-collation')) return {};
    return { collations: [{ database: 'theshandi_db', recorded: 'names wrong-collation', actual: '153.112' }] };
  }

  /** The archive with what is planted in it. @param whole as it is otherwise */
  coverage({ backup }: Pick<Coverage, 'backup'>): Partial<Coverage> {
    if (this.shows('stale-backup') && backup) return { backup: { ...backup, stoppedAt: '2026-11-20T16:01:00.000Z' } };
    if (!this.shows('wal-gap')) return {};
    const message = 'segment names wal-gap is missing from the archive';
    return { reachable: false, refusals: [{ code: 'DR-WAL-GAP', message, next: '' }] };
  }

  /** @throws what a restore of a backup that is corrupt throws */
  restored<T>(value: T): T {
    if (!this.shows('corrupt-backup')) return value;
    throw ApplicationFailure.nonRetryable('names corrupt-backup does not match its checksum', 'DR-BACKUP-CORRUPT');
  }

  /** What is wrong with the certificate. */
  get certificate(): string | undefined {
    return this.shows('expired-certificate') ? 'the certificate in certs expired at 2026-11-21' : undefined;
  }

  answers(calls: string[] = []) {
    const at = '2026-11-22T16:30:00.000000Z';
    return {
      copyLeft: () => ({ containers: [], volumes: [] }),
      removeDrillCopy: () => ({ durationMs: 10 }),
      standDrillCopy: () => ({ durationMs: 10 }),
      plantFault: ({ fault }: { fault: PlantedFault }): Planted => {
        this.planted = fault;
        // What a recovery says of a stale backup is the database; of every other fault it is what was damaged.
        return { says: `${fault} planted`, names: fault === 'stale-backup' ? 'shandi' : `names ${fault}` };
      },
      liftFault: () => {
        this.planted = undefined;
      },
      proveIsolation: (): Isolation => this.isolation,
      killEverything: () => ['order-service', 'postgres'],
      disconnectService: () => ({ networks: ['shandi-drill_default'] }),
      loseFile: (): undefined => undefined,
      killService: () => ({ containerId: 'old' }),
      watchServing: async (): Promise<UnwellServing> => {
        const over = cancelled();
        over.catch(() => undefined);
        for (;;) {
          if (this.alarmAfter !== undefined && calls.includes(this.alarmAfter)) break;
          heartbeat();
          await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 20))]);
        }
        return { at, says: 'page /health through the gateway: status 503 (3 looks in a row)' };
      },
      countRows: (): RowCount => ({ rows: this.rows[this.counted++ === 0 ? 0 : 1], at }),
      dropTable: (): RowCount => ({ rows: null, at: '2026-11-22T16:30:02.000000Z' }),
    };
  }
}

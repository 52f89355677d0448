import type { Isolation, RowCount } from '../../workflows/contracts/drill';

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

  answers() {
    const at = '2026-11-22T16:30:00.000000Z';
    return {
      copyLeft: () => ({ containers: [], volumes: [] }),
      removeDrillCopy: () => ({ durationMs: 10 }),
      standDrillCopy: () => ({ durationMs: 10 }),
      proveIsolation: (): Isolation => this.isolation,
      killEverything: () => ['order-service', 'postgres'],
      killService: () => ({ containerId: 'old' }),
      countRows: (): RowCount => ({ rows: this.rows[this.counted++ === 0 ? 0 : 1], at }),
      dropTable: (): RowCount => ({ rows: null, at: '2026-11-22T16:30:02.000000Z' }),
    };
  }
}

import type { HealthAnswer, ServiceContainer, ServiceFacts } from '../../workflows/contracts/service';

const refused: HealthAnswer = { healthy: false, says: 'ECONNREFUSED' };
const unreached: HealthAnswer = { healthy: false, status: 503, says: 'status 503' };
const well: HealthAnswer = { healthy: true, status: 200, says: 'status 200' };

/** order-service as a fake site sees it: it has ended, and a measure of those in `helps` makes it well. */
export class FakeService {
  container: Partial<ServiceContainer> | undefined = { running: false, exitCode: 137 };
  health: HealthAnswer = refused;
  imageThere = true;
  /** Why the engine does not start it again. */
  refuses: string | undefined;
  /** Measures that help. */
  helps = ['restart', 'recreate'];
  /** What is said of each dependency, by name. */
  readonly dependencies = new Map<string, HealthAnswer>();
  page: HealthAnswer = well;

  answers() {
    return {
      inspectService: (): ServiceFacts => this.facts(),
      keepServiceLog: () => ({ lastLine: 'out of memory' }),
      askDependency: ({ on }: { on: Record<string, { name: string }> }): HealthAnswer =>
        this.dependencies.get(Object.values(on)[0]?.name ?? '') ?? well,
      restartService: () => {
        if (this.refuses !== undefined) return { refused: this.refuses };
        this.take('restart', { id: 'old', startedAt: '2026-11-22T17:00:01.000Z' });
        return {};
      },
      recreateService: () => {
        this.take('recreate', { id: 'new', startedAt: '2026-11-22T17:00:02.000Z' });
        return { containerId: 'new', recreated: true };
      },
      awaitService: () => ({ ...this.health, afterMs: 10 }),
      reloadGateway: () => undefined,
      askGateway: (): HealthAnswer => (this.health.healthy ? this.page : unreached),
    };
  }

  private take(measure: string, container: Partial<ServiceContainer>): void {
    this.container = { ...container, running: true, exitCode: 0 };
    this.health = this.helps.includes(measure) ? well : refused;
  }

  private facts(): ServiceFacts {
    const at = '2026-11-22T17:00:00.000Z';
    return {
      service: 'order-service',
      site: 'primary',
      at: new Date().toISOString(),
      ...(this.container
        ? {
            container: {
              id: 'old',
              image: 'shandi/service:1',
              imageId: 'sha256:1',
              running: true,
              paused: false,
              restarting: false,
              restarts: 0,
              exitCode: 0,
              oomKilled: false,
              startedAt: '2026-11-22T16:00:00.000Z',
              finishedAt: at,
              restartPolicy: 'unless-stopped',
              ...this.container,
            },
          }
        : {}),
      image: { name: 'shandi/service:1', there: this.imageThere },
      health: this.health,
    };
  }
}

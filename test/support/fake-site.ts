import { ApplicationFailure } from '@temporalio/common';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type {
  BackupFacts,
  Coverage,
  DatabaseFacts,
  FenceProof,
  Inspection,
  Loss,
  PausedCopy,
} from '../../workflows/contracts/recovery';
import type { Round } from '../../workflows/contracts/guard';
import type { PrimarySample, PromotedStandby, Salvage, ServerFacts } from '../../workflows/contracts/cluster';
import type { SiteActivities } from '../../workflows/kernel/site';

/** What a fake site was asked to do, in order, and what a test plants in it. */
export class FakeSite {
  readonly calls: string[] = [];
  readonly approvals: ApprovalReference[] = [];
  /** Thrown once per name, in order. */
  readonly failures = new Map<string, Error[]>();
  loss: Partial<Loss> = {};
  damaged: Partial<DatabaseFacts> = {};
  coverage: Partial<Coverage> = {};
  /** Whom the pooler sends the clients to. */
  primary = 'postgres';
  sample: PrimarySample | undefined = {
    service: 'postgres',
    systemIdentifier: '7',
    timeline: 1,
    lsn: '0/6000000',
    nextXid: '1000',
    heartbeatAt: '2026-11-22T16:59:59.500Z',
    at: '2026-11-22T16:59:59.600Z',
  };
  /** What an observer sees. */
  round: Round = { observer: 'primary', startedAt: '2026-11-22T17:00:00.000Z', answers: [] };
  free = 1e12;
  salvage: Partial<Salvage> = {};
  inspection: Partial<Inspection> = {};
  /** What is seen in the copy once it is promoted. */
  promotedInspection: Partial<Inspection> = {};
  /** Milliseconds an activity takes. */
  delays = new Map<string, number>();

  fail(activity: string, code: string, message: string, times = 1): void {
    const list = this.failures.get(activity) ?? [];
    for (let i = 0; i < times; i += 1) list.push(ApplicationFailure.nonRetryable(message, code));
    this.failures.set(activity, list);
  }

  /** How often an activity ran. */
  count(activity: string): number {
    return this.calls.filter((one) => one === activity).length;
  }

  /** The activities, each recording its call; the shapes are those of the real ones. */
  activities(): SiteActivities {
    const answers = this.answers();
    const entries = Object.entries(answers).map(([name, answer]) => [
      name,
      async (args: { approval?: ApprovalReference }) => {
        this.calls.push(name);
        if (args?.approval) this.approvals.push(args.approval);
        const delay = this.delays.get(name);
        if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
        const failure = this.failures.get(name)?.shift();
        if (failure) throw failure;
        return (answer as (given: unknown) => unknown)(args);
      },
    ]);
    return Object.fromEntries(entries) as SiteActivities;
  }

  /** What a test changes in a server as it is surveyed, by service. */
  readonly servers = new Map<string, Partial<ServerFacts>>();

  /** In peace: postgres is the primary, every other member streams from it. */
  private survey(service: string): ServerFacts {
    const primary = service === 'postgres';
    return {
      service,
      site: 'primary',
      answered: true,
      engineAnswered: true,
      systemIdentifier: '7',
      inRecovery: !primary,
      timeline: 1,
      receivedLsn: '0/6000000',
      replayedLsn: '0/6000000',
      nextXid: '1000',
      replayPaused: false,
      applyDelayMs: 0,
      heartbeatAt: '2026-11-22T16:59:59.500Z',
      now: '2026-11-22T17:00:00.000Z',
      synchronousStandbyNames: '',
      walSegmentBytes: 16_777_216,
      ...(primary ? {} : { receiver: 'streaming', receiverSilenceMs: 100 }),
      ...this.servers.get(service),
    };
  }

  private answers(): Record<keyof SiteActivities, (args: never) => unknown> {
    const at = '2026-11-22T17:00:00.000Z';
    const write = { id: '1', server: 'new', timeline: 2, systemIdentifier: '7', committedAt: at, durationMs: 5 };
    const nothing = (): undefined => undefined;
    return {
      readDatabase: (): DatabaseFacts => ({ ...database, ...this.damaged }),
      secureTail: () => ({ lsn: '0/6000000', segment: '000000010000000000000005', at, durationMs: 10 }),
      startCopy: (): PausedCopy => copy,
      inspectCopy: (): Inspection => ({ ...inspection, ...this.inspection }),
      measureLoss: (): Loss => ({ ...loss, ...this.loss }),
      promoteCopy: () => ({ timeline: 2, lsn: '0/5000100', systemIdentifier: '7', durationMs: 10 }),
      inspectPromoted: () => ({ ...inspection, tables: [], ...this.promotedInspection }),
      surveyServer: ({ service }: { service: string }): ServerFacts => this.survey(service),
      promoteStandby: ({ service }: { service: string }): PromotedStandby => ({
        service,
        timeline: 2,
        forkLsn: '0/6000000',
        formerTimeline: 1,
        systemIdentifier: '7',
        lastHeartbeatAt: at,
        wroteAt: at,
        durationMs: 10,
      }),
      stopCopy: nothing,
      removeCopy: nothing,
      directWrite: () => write,
      rebuildStandby: () => ({ volume: 'standby', state: 'streaming', durationMs: 10 }),
      measureDivergence: () => ({ timeline: 1, forkLsn: '0/6000000', wasPrimary: true, commits: 0, examples: [] }),
      holdArchiving: () => ({ held: true, before: null, waiting: 0 }),
      releaseArchiving: nothing,
      restartServer: () => ({ how: 'restarted', version: '15.20', durationMs: 10 }),
      checkpoint: () => ({ durationMs: 10 }),
      followPrimary: () => ({ volume: 'shandi_pgdata' }),
      stopInOrder: () => ({ checkpointLsn: '0/6000028', timeline: 1, systemIdentifier: '7', durationMs: 10 }),
      setRestartPolicy: () => ({ from: 'unless-stopped', to: 'no' }),
      rewindStandby: () => ({ how: 'rewound', volume: 'shandi_pgdata', durationMs: 10 }),
      startStandby: () => ({ state: 'streaming', durationMs: 10 }),
      openToolbox: () => ({ container: 'toolbox', durationMs: 1 }),
      closeToolbox: nothing,
      listBackups: () => [backup],
      checkCoverage: (): Coverage => ({ ...coverage, ...this.coverage }),
      restoreCopy: () => ({
        volume: 'copy',
        backup: backup.label,
        bytes: 1e6,
        files: 10,
        durationMs: 10,
        reused: false,
      }),
      archiveTail: () => ({ pushed: [], durationMs: 10 }),
      pushHistory: nothing,
      archiveCheck: () => ({ segment: '000000020000000000000006', durationMs: 10 }),
      fullBackup: (): BackupFacts => backup,
      pauseClients: () => ({ paused: true, killed: false, waitedMs: 1, alreadyPaused: false }),
      resumeClients: nothing,
      readRoles: () => ({ primary: this.primary }),
      lastSample: () => this.sample,
      lookRound: () => this.round,
      observeDatabase: () => new Promise<never>(() => undefined),
      ensureSynchronous: () => ({ from: '', to: '' }),
      repointServices: () => ({ from: 'postgres', to: 'postgres-standby', restarted: [], durationMs: 10 }),
      repointClients: () => ({ from: 'postgres', to: 'postgres' }),
      haltServer: () => ({ exists: true, running: false, exitCode: 137, dataVolume: 'shandi_pgdata' }),
      markDemoted: () => ({ markedAt: at }),
      unmarkDemoted: nothing,
      salvageWal: (): Salvage => ({
        complete: true,
        fromLsn: '0/6000000',
        segments: ['000000010000000000000006'],
        bytes: 16_777_216,
        durationMs: 10,
        ...this.salvage,
      }),
      fenceServer: () => ({ ...fence(at), finalLsn: '0/6000000' }),
      proveFence: () => fence(at),
      unfenceServer: () => ({ containerId: 'old', running: true, durationMs: 10 }),
      recordDamagedVolume: nothing,
      freeDisk: () => ({ path: '/var/lib/docker', freeBytes: this.free, totalBytes: 2e12 }),
      useDataVolume: () => ({ from: 'old', to: 'copy' }),
      startServer: () => ({ containerId: 'new', durationMs: 10 }),
      clientWrite: () => write,
      askWitness: () => ({ witness: 'ledger', answered: true, ok: true, summary: 'nothing is missing', facts: [] }),
    };
  }
}

const fence = (provenAt: string): FenceProof => ({
  container: 'old',
  running: false,
  restartPolicy: 'no',
  connect: 'refused',
  provenAt,
});

const backup: BackupFacts = {
  label: '20261122-160000F',
  kind: 'full',
  startedAt: '2026-11-22T16:00:00.000Z',
  stoppedAt: '2026-11-22T16:01:00.000Z',
  startLsn: '0/2000000',
  stopLsn: '0/2000100',
  archiveStart: '000000010000000000000002',
  archiveStop: '000000010000000000000002',
  timeline: 1,
  databaseBytes: 1e6,
  repositoryBytes: 1e5,
  hasErrors: false,
};

const database: DatabaseFacts = {
  answered: true,
  container: {
    id: 'old',
    name: 'shandi-postgres-1',
    service: 'postgres',
    image: 'shandi/postgres:15',
    imageId: 'sha256:1',
    running: true,
    paused: false,
    exitCode: 0,
    startedAt: '2026-11-22T15:00:00.000Z',
    restartPolicy: 'always',
    dataVolume: 'shandi_pgdata',
    networks: ['shandi'],
  },
  systemIdentifier: '7',
  timeline: 1,
  inRecovery: false,
  lsn: '0/6000000',
  now: '2026-11-22T17:00:10.000Z',
  version: '15.20',
  checksums: true,
  databaseBytes: 1e6,
  settings: {},
  archive: { mode: 'on', failedCount: 0, ready: 0 },
  collations: [],
  tablespaces: [],
  preload: [],
  extensions: ['amcheck'],
  standbys: [],
};

const coverage: Coverage = {
  reachable: true,
  needsTail: false,
  refusals: [],
  backup,
  timeline: 1,
  walBytes: 5e7,
  gaps: [],
  segmentsOpened: 3,
};

const copy: PausedCopy = {
  container: 'copy',
  volume: 'copy',
  replayLsn: '0/5000000',
  timeline: 1,
  lastCommitAt: '2026-11-22T16:59:59.000Z',
  logLine: 'recovery stopping before commit of transaction 900',
  walBytesReplayed: 5e7,
  durationMs: 10,
};

const inspection: Inspection = {
  tables: [{ table: 'orders', now: null, after: 1200, note: 'dropped on the damaged server' }],
  businessQueries: [],
  checksumFailures: 0,
  amcheck: { ok: true, checked: true, relations: 40, skipped: [], findings: [], durationMs: 10 },
  evidence: [],
};

const loss: Loss = {
  windowMs: 9_000,
  lsnBytes: 1e6,
  transactions: 20,
  damagedLsn: '0/6000000',
  copyLsn: '0/5000000',
  copyPaused: true,
  lastCommitDamaged: '2026-11-22T17:00:08.000Z',
  lastCommitCopy: '2026-11-22T16:59:59.000Z',
  measuredAt: '2026-11-22T17:00:10.000Z',
};

import { heartbeat, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Observation } from '../../activities/guard';
import type { LiftReduced, SwitchReduced } from '../../activities/nginx';
import type { Divergence } from '../../activities/postgres';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type {
  BackupFacts,
  ContainerFacts,
  Coverage,
  DatabaseFacts,
  FenceProof,
  Inspection,
  Loss,
  PausedCopy,
} from '../../workflows/contracts/recovery';
import type { Availability, KeptBackups, ReadAvailability } from '../../workflows/contracts/periodic';
import type { Outlived, ReadBack } from '../../workflows/contracts/backup';
import type { Round } from '../../workflows/contracts/guard';
import type {
  DataVolume,
  PrimarySample,
  PromotedStandby,
  Salvage,
  ServerFacts,
} from '../../workflows/contracts/cluster';
import type { SiteActivities } from '../../workflows/kernel/site';
import { FakePeople } from './fake-people';
import { FakePeriodic } from './fake-periodic';
import { FakeDrill } from './fake-drill';
import { FakeConfiguration } from './fake-configuration';
import { FakeReadiness } from './fake-readiness';
import { FakeReduced } from './fake-reduced';
import { FakeResources } from './fake-resources';
import { FakeIncident } from './fake-incident';
import { FakeService } from './fake-service';
import { FakeSites } from './fake-sites';
import { FakeStore } from './fake-store';
import { FakeSystem } from './fake-system';

/** What a fake site was asked to do, in order, and what a test plants in it. */
export class FakeSite {
  readonly calls: string[] = [];
  /** The service that is down, for the runs that recover one. */
  readonly service = new FakeService();
  /** The store that is backed up and restored. */
  readonly store = new FakeStore();
  /** The platform as a whole: nothing of it runs. */
  readonly system = new FakeSystem();
  /** The copy that a drill works on. */
  readonly drill = new FakeDrill();
  /** What of a site answers, and where its clients are sent. */
  readonly sites = new FakeSites();
  /** The channels by which people are told. */
  readonly people = new FakePeople();
  /** The files and certificates that are backed up and restored. */
  readonly configuration = new FakeConfiguration();
  /** What is used up. */
  readonly resources = new FakeResources();
  /** How the gateway serves less. */
  readonly reduced = new FakeReduced();
  /** What a readiness check asks besides. */
  readonly readiness = new FakeReadiness();
  /** What a report of a period is made of. */
  readonly periodic = new FakePeriodic();
  /** What an assessment of an incident asks besides. */
  readonly incident = new FakeIncident();
  /** What has ended, in order. */
  readonly ended: string[] = [];
  /** What each activity was given, in order. */
  readonly given = new Map<string, Record<string, unknown>[]>();
  readonly approvals: ApprovalReference[] = [];
  /** Thrown once per name, in order. */
  readonly failures = new Map<string, Error[]>();
  loss: Partial<Loss> = {};
  damaged: Partial<DatabaseFacts> = {};
  coverage: Partial<Coverage> = {};
  /** The damaged server itself can be asked how far the archive reaches. */
  inPlace = false;
  /** Whom the pooler sends the clients to. */
  primary = 'postgres';
  /** Who takes writes, and on which timeline. */
  private writer = 'postgres';
  private timeline = 1;
  sample: PrimarySample | undefined = {
    service: 'postgres',
    systemIdentifier: '7',
    timeline: 1,
    lsn: '0/6000000',
    nextXid: '1000',
    heartbeatAt: '2026-11-22T16:59:59.500Z',
    at: '2026-11-22T16:59:59.600Z',
  };
  /** What an observer sees when it is asked to look. */
  round: Round = { observer: 'primary', startedAt: '2026-11-22T17:00:00.000Z', answers: [] };
  /** What ends a watch: the observer of its round takes it; without one an observer watches on. */
  readonly observations: Observation[] = [];
  private readonly watches = new Map<string, number>();
  free = 1e12;
  salvage: Partial<Salvage> = {};
  divergence: Partial<Divergence> = {};
  inspection: Partial<Inspection> = {};
  /** What is seen in the copy once it is promoted. */
  promotedInspection: Partial<Inspection> = {};
  /** Milliseconds an activity takes. */
  delays = new Map<string, number>();

  fail(activity: string, code: string, message: string, times = 1): void {
    const list = this.failures.get(activity) ?? [];
    for (let i = 0; i < times; i += 1) list.push(this.failure(code, message));
    this.failures.set(activity, list);
  }

  /** A refusal as an activity throws it. */
  failure(code: string, message: string): Error {
    return ApplicationFailure.nonRetryable(message, code);
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
        this.given.set(name, [...(this.given.get(name) ?? []), args as Record<string, unknown>]);
        if (args?.approval) this.approvals.push(args.approval);
        const delay = this.delays.get(name);
        if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
        const failure = this.failures.get(name)?.shift();
        if (failure) throw failure;
        const value: unknown = await (this.others.get(name) ?? (answer as (given: unknown) => unknown))(args);
        this.ended.push(name);
        return value;
      },
    ]);
    return Object.fromEntries(entries) as SiteActivities;
  }

  /** Other answers than the usual ones, by activity. */
  private readonly others = new Map<string, (args: unknown) => unknown>();

  /** Gives an activity another answer from now on. */
  answer(activity: keyof SiteActivities, answer: (args: unknown) => unknown): void {
    this.others.set(activity, answer);
  }

  /** What a test changes in a server as it is surveyed, by service. */
  readonly servers = new Map<string, Partial<ServerFacts>>();
  /** What lies in the volumes of servers that do not answer, by service; else what their role has. */
  readonly volumes = new Map<string, DataVolume['holds']>();

  private volumeOf(service: string): DataVolume {
    const usual = service === this.writer ? 'cluster' : 'standby';
    return { volume: `shandi_${service}`, holds: this.volumes.get(service) ?? usual };
  }

  /** What is not known of a server, by service. */
  readonly without = new Map<string, (keyof ServerFacts)[]>();

  /** For a test that answers in its place. */
  surveyed(service: string): ServerFacts {
    return this.survey(service);
  }

  /** In peace: postgres is the primary, every other member streams from it. */
  private survey(service: string): ServerFacts {
    const primary = service === this.writer;
    const dataVolume = service === 'postgres' ? 'shandi_pgdata' : `shandi_${service}`;
    const facts: ServerFacts = {
      service,
      site: 'primary',
      container: { ...container, id: `${service}-1`, name: `shandi-${service}-1`, service, dataVolume },
      dataVolume,
      answered: true,
      engineAnswered: true,
      systemIdentifier: '7',
      inRecovery: !primary,
      timeline: this.timeline,
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
    for (const unknown of this.without.get(service) ?? []) delete facts[unknown];
    return facts;
  }

  /** Another server than `postgres` takes writes, since a failover before the test. */
  servedBy(service: string): void {
    this.writer = service;
    this.timeline += 1;
  }

  /** Promotes: from now on it takes writes, on a timeline of its own. */
  private promote(service: string, at: string): PromotedStandby {
    const formerTimeline = this.timeline;
    this.timeline += 1;
    this.writer = service;
    return {
      service,
      timeline: this.timeline,
      forkLsn: '0/6000000',
      formerTimeline,
      systemIdentifier: '7',
      lastHeartbeatAt: at,
      wroteAt: at,
      durationMs: 10,
    };
  }

  /** A watch: it ends with the next observation that is meant for it, or when it is told to. */
  private async watch(observer: string): Promise<Observation> {
    const mine = (this.watches.get(observer) ?? 0) + 1;
    this.watches.set(observer, mine);
    for (;;) {
      // One that was told to stop may not know it yet; what it saw would be told to nobody.
      const current = this.watches.get(observer) === mine;
      const next = current ? this.observations.findIndex((one) => one.round.observer === observer) : -1;
      const [seen] = next < 0 ? [] : this.observations.splice(next, 1);
      if (seen) return seen;
      heartbeat();
      await sleep(20);
    }
  }

  private answers(): Record<keyof SiteActivities, (args: never) => unknown> {
    const at = '2026-11-22T17:00:00.000Z';
    const write = { id: '1', server: 'new', timeline: 2, systemIdentifier: '7', committedAt: at, durationMs: 5 };
    const nothing = (): undefined => undefined;
    return {
      readDatabase: (): DatabaseFacts => ({ ...database, ...this.damaged, ...this.drill.damaged() }),
      secureTail: () => ({ lsn: '0/6000000', segment: '000000010000000000000005', at, durationMs: 10 }),
      startCopy: (): PausedCopy => copy,
      inspectCopy: (): Inspection => ({ ...inspection, ...this.inspection }),
      measureLoss: (): Loss => ({ ...loss, ...this.loss }),
      promoteCopy: () => ({ timeline: 2, history, lsn: '0/5000100', systemIdentifier: '7', durationMs: 10 }),
      inspectPromoted: () => ({ ...inspection, tables: [], ...this.promotedInspection }),
      surveyServer: ({ service }: { service: string }): ServerFacts => this.survey(service),
      promoteStandby: ({ service }: { service: string }): PromotedStandby => this.promote(service, at),
      forgetTimeline: () => ({ removed: true }),
      stopCopy: nothing,
      removeCopy: nothing,
      directWrite: () => write,
      rebuildStandby: () => ({ volume: 'standby', state: 'streaming', durationMs: 10 }),
      measureDivergence: (): Divergence => ({
        timeline: 1,
        forkLsn: '0/6000000',
        commits: 0,
        examples: [],
        ...this.divergence,
      }),
      holdArchiving: () => ({ held: true, before: null, waiting: 0 }),
      releaseArchiving: nothing,
      createServer: () => ({ containerId: 'postgres-2' }),
      restartServer: () => ({ how: 'restarted', version: '15.20', durationMs: 10 }),
      checkpoint: () => ({ durationMs: 10 }),
      followPrimary: () => ({ volume: 'shandi_pgdata' }),
      stopInOrder: () => ({ checkpointLsn: '0/6000028', timeline: 1, systemIdentifier: '7', durationMs: 10 }),
      setRestartPolicy: () => ({ from: 'unless-stopped', to: 'no' }),
      rewindStandby: () => ({ how: 'rewound', volume: 'shandi_pgdata', durationMs: 10 }),
      startStandby: ({ service }: { service: string }) => {
        this.servers.delete(service);
        return { state: 'streaming', durationMs: 10 };
      },
      openToolbox: () => ({ container: 'toolbox', durationMs: 1 }),
      closeToolbox: nothing,
      listBackups: () => [backup],
      checkInPlace: () =>
        this.inPlace
          ? {
              coverage: { ...coverage, ...this.coverage },
              disk: { path: '/var/lib/docker', freeBytes: this.free, totalBytes: 2e12 },
            }
          : { unable: 'a fake' },
      checkCoverage: (): Coverage => ({ ...coverage, ...this.coverage, ...this.drill.coverage(coverage) }),
      restoreCopy: () =>
        this.drill.restored({
          volume: 'copy',
          backup: backup.label,
          bytes: 1e6,
          files: 10,
          durationMs: 10,
          reused: false,
        }),
      archiveTail: () => ({ pushed: [], durationMs: 10 }),
      pushHistory: nothing,
      dropTimeline: () => ({ removed: ['00000002.history'], durationMs: 10 }),
      archiveCheck: () => ({ segment: '000000020000000000000006', durationMs: 10 }),
      fullBackup: (): BackupFacts => backup,
      takeBackup: ({ kind }: { kind: string }): BackupFacts => ({
        ...backup,
        ...(kind === 'full'
          ? {}
          : { label: `${backup.label}_20261122-163000I`, kind: 'incr', references: [backup.label] }),
      }),
      readBackBackup: (): ReadBack => ({ listed: true, brokenReferences: [], missingSegments: [], segments: 2 }),
      outlivedBackups: (): Outlived => ({ labels: [], keeps: [backup.label] }),
      expireBackups: ({ labels }: { labels: string[] }) => labels,
      pauseClients: () => ({ paused: true, killed: false, waitedMs: 1, alreadyPaused: false }),
      resumeClients: nothing,
      readRoles: () => ({ primary: this.primary }),
      readAvailability: (given: ReadAvailability): Availability => this.periodic.available(given),
      keptInRepository: (): KeptBackups => this.periodic.kept,
      lastSample: () => this.sample,
      lookRound: ({ observer }: { observer: string }): Round => ({ ...this.round, observer }),
      observeDatabase: ({ observer }: { observer: string }) => this.watch(observer),
      ensureSynchronous: () => ({ from: '', to: '' }),
      repointServices: () => ({ from: 'postgres', to: 'postgres-standby', restarted: [], durationMs: 10 }),
      repointClients: ({ host }: { host: string }) => {
        const from = this.primary;
        this.primary = host;
        return { from, to: host };
      },
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
      ...this.service.answers(),
      ...this.store.answers(),
      ...this.resources.answers(),
      ...this.system.answers(),
      ...this.drill.answers(this.calls),
      ...this.sites.answers(),
      wakeStandby: () => ({ containerId: 'standby' }),
      inspectDataVolume: ({ service }: { service: string }): DataVolume => this.volumeOf(service),
      makeDataVolume: () => ({ volume: 'shandi_pgdata', made: true }),
      inspectReduced: () => this.reduced.on,
      switchReduced: (given: SwitchReduced) => this.reduced.switch(given),
      liftReduced: (given: LiftReduced) => this.reduced.lift(given),
      updateStatusPage: () => ({ title: 'Service disruption', repeated: false }),
      ...this.configuration.answers(() => this.drill.certificate),
      ...this.incident.answers(),
      ...this.readiness.answers(),
      askWitness: () => ({ witness: 'ledger', answered: true, ok: true, summary: 'nothing is missing', facts: [] }),
    };
  }
}

const history = '1\t0/5000000\tbefore transaction 900\n';

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

export const container: ContainerFacts = {
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
};

const database: DatabaseFacts = {
  answered: true,
  container,
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

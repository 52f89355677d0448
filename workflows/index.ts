/**
 * Every procedure, by the name `temporal workflow start --type` takes. The modules of one are evaluated when a run of it begins,
 * and those of the others are not: each run has its own copy of them, and a failover begins while nobody is served.
 */
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports -- an import would be evaluated for every run, whatever it runs */
import type { Report } from './contracts/run-view';

type Procedure<Result = Report> = (input: unknown) => Promise<Result>;

const when =
  <Result = Report>(load: () => Procedure<Result>): Procedure<Result> =>
  (input) =>
    load()(input);

export const keepCopy = when(() => (require('./keep-copy') as typeof import('./keep-copy')).keepCopy);
export const pointInTimeRecovery = when(
  () => (require('./point-in-time-recovery') as typeof import('./point-in-time-recovery')).pointInTimeRecovery,
);
export const databaseFailover = when(
  () => (require('./database-failover') as typeof import('./database-failover')).databaseFailover,
);
export const reprotectDatabase = when(
  () => (require('./reprotect-database') as typeof import('./reprotect-database')).reprotectDatabase,
);
export const guardDatabase = when(
  () => (require('./guard-database') as typeof import('./guard-database')).guardDatabase,
);
export const databaseSwitchover = when(
  () => (require('./database-switchover') as typeof import('./database-switchover')).databaseSwitchover,
);
export const databaseRestart = when(
  () => (require('./database-restart') as typeof import('./database-restart')).databaseRestart,
);
export const serviceRecovery = when(
  () => (require('./service-recovery') as typeof import('./service-recovery')).serviceRecovery,
);
export const backupRedis = when(() => (require('./backup-redis') as typeof import('./backup-redis')).backupRedis);
export const restoreRedis = when(() => (require('./restore-redis') as typeof import('./restore-redis')).restoreRedis);
export const backupDatabase = when(
  () => (require('./backup-database') as typeof import('./backup-database')).backupDatabase,
);
export const restoreTest = when(() => (require('./restore-test') as typeof import('./restore-test')).restoreTest);
export const startScheduled = when(
  () => (require('./start-scheduled') as typeof import('./start-scheduled')).startScheduled,
);
export const fullSystemRecovery = when(
  () => (require('./full-system-recovery') as typeof import('./full-system-recovery')).fullSystemRecovery,
);
export const monthlyRecoveryTest = when(
  () => (require('./monthly-recovery-test') as typeof import('./monthly-recovery-test')).monthlyRecoveryTest,
);
export const notifyPeople = when(() => (require('./notify-people') as typeof import('./notify-people')).notifyPeople);
export const callOnCall = when(() => (require('./call-on-call') as typeof import('./call-on-call')).callOnCall);
export const postStatus = when(() => (require('./post-status') as typeof import('./post-status')).postStatus);
export const quarterlyRecoveryTest = when(
  () => (require('./quarterly-recovery-test') as typeof import('./quarterly-recovery-test')).quarterlyRecoveryTest,
);
export const recoveryChecklist = when(
  () => (require('./recovery-checklist') as typeof import('./recovery-checklist')).recoveryChecklist,
);
export const backupConfiguration = when(
  () => (require('./backup-configuration') as typeof import('./backup-configuration')).backupConfiguration,
);
export const restoreConfiguration = when(
  () => (require('./restore-configuration') as typeof import('./restore-configuration')).restoreConfiguration,
);
export const backupCertificates = when(
  () => (require('./backup-certificates') as typeof import('./backup-certificates')).backupCertificates,
);
export const restoreCertificates = when(
  () => (require('./restore-certificates') as typeof import('./restore-certificates')).restoreCertificates,
);
export const reducedFunctionality = when(
  () => (require('./reduced-functionality') as typeof import('./reduced-functionality')).reducedFunctionality,
);
export const relieveResources = when(
  () => (require('./relieve-resources') as typeof import('./relieve-resources')).relieveResources,
);
export const siteFailover = when(() => (require('./site-failover') as typeof import('./site-failover')).siteFailover);
export const holdDatabase = when(() => (require('./hold-database') as typeof import('./hold-database')).holdDatabase);
export const isolateService = when(
  () => (require('./isolate-service') as typeof import('./isolate-service')).isolateService,
);
export const incidentResponse = when(
  () => (require('./incident-response') as typeof import('./incident-response')).incidentResponse,
);
export const readinessCheck = when(
  () => (require('./readiness-check') as typeof import('./readiness-check')).readinessCheck,
);
export const scenarioTest = when(() => (require('./scenario-test') as typeof import('./scenario-test')).scenarioTest);
export const siteFailback = when(() => (require('./site-failback') as typeof import('./site-failback')).siteFailback);
export const periodicReport = when(
  () => (require('./periodic-report') as typeof import('./periodic-report')).periodicReport,
);
export const closeTask = when(() => (require('./close-task') as typeof import('./close-task')).closeTask);

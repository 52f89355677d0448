/**
 * Every name that crosses a process boundary and is not a message: procedures, locks, task queues, search attributes.
 * They are made here and nowhere else, because a lock spelled two ways is no lock.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Workflow types, as `temporal workflow start --type` takes them. */
export const procedures = [
  'pointInTimeRecovery',
  'databaseFailover',
  'databaseSwitchover',
  'reprotectDatabase',
  'databaseRestart',
  'serviceRecovery',
  'backupRedis',
  'restoreRedis',
  'backupDatabase',
  'restoreTest',
  'monthlyRecoveryTest',
  'quarterlyRecoveryTest',
  'fullSystemRecovery',
  'backupConfiguration',
  'restoreConfiguration',
  'backupCertificates',
  'restoreCertificates',
  'guardDatabase',
  'keepCopy',
  'notifyPeople',
  'callOnCall',
  'postStatus',
  'recoveryChecklist',
  'reducedFunctionality',
  'relieveResources',
  'siteFailover',
  'holdDatabase',
  'siteFailback',
  'isolateService',
  'incidentResponse',
  'readinessCheck',
  'scenarioTest',
  'periodicReport',
  'closeTask',
] as const;
export type ProcedureName = (typeof procedures)[number];

/** Queue of the control worker, which runs the procedures themselves. */
export const controlQueue = 'dr-control';

/** Queue of the worker that sits beside the Docker engine of a site. Named after the site, never after a container. */
export const siteQueue = (site: string): string => `dr-site-${site}`;

const lockPart = (value: string): string => value.toLowerCase().replace(/[^a-z0-9-]+/g, '-');

/** What a run protects and locks: `database.shandi`. */
export const databaseResource = (database: string): string => `database.${lockPart(database)}`;

/** `store.redis`. */
export const storeResource = (store: string): string => `store.${lockPart(store)}`;

/** `service.order-service`. */
export const serviceResource = (service: string): string => `service.${lockPart(service)}`;

/** The files a platform is made of: Compose files, env file, configuration of its servers. There is one per plan. */
export const configurationResource = (): string => 'configuration';

/** TLS certificates of the gateway and their keys. */
export const certificatesResource = (): string => 'certificates';

/**
 * The lock of a resource: the workflow id of any run that changes it. Characters `[a-z0-9.-]` only, because ids become
 * names of files, containers and volumes. A second start with this id is refused by the server: that refusal is the lock.
 */
export const recoveryLock = (resource: string): string => `recover.${resource}`;

/**
 * Lock of a run that changes nothing of the resource: a pre-flight (`check`), an inspectable copy (`copy`), its keeper
 * (`keep`). It never stands in the way of a recovery.
 */
export const readingLock = (kind: 'check' | 'copy' | 'keep', resource: string): string => `${kind}.${resource}`;

/** Lock of a backup: two of one resource never run at once, and none stands in the way of a recovery. */
export const backupLock = (resource: string): string => `backup.${resource}`;

/** Lock of a test of a resource's backups: it works on copies of its own, and stands in nobody's way. */
export const testLock = (resource: string): string => `test.${resource}`;

/** Lock of the same thing in a drill: it works on a copy of the platform, and stands in nobody's way. */
export const drillLock = (lock: string): string => `drill.${lock}`;

/** Lock of a run that has the gateway serve less. It stands in no recovery's way. */
export const reduceLock = (resource: string): string => `reduce.${resource}`;

/** Id of the Temporal Schedule of a name: `dr.monthly-restore-test`. What begins so on the server is the product's. */
export const schedulePrefix = 'dr.';
export const scheduleId = (name: string): string => `${schedulePrefix}${lockPart(name)}`;

/** Workflow type that a schedule starts: it has no lock, and starts the procedure under the id that is one. */
export const starterType = 'startScheduled';

/** Workflow id that a schedule starts the starter under; Temporal appends the moment. */
export const starterId = (name: string): string => `schedule.${lockPart(name)}`;

/** Lock of the long-lived run that watches a resource. It stands in nobody's way: what it starts takes the recovery lock. */
export const guardLock = (resource: string): string => `guard.${resource}`;

/** `incident.2026-11-22-orders`: what people are told about; it belongs to no platform. */
export const incidentResource = (incident: string): string => `incident.${lockPart(incident)}`;

/** One message about an incident: the same message is never on its way twice. */
export const notifyLock = (incident: string, key: string): string => `notify.${lockPart(incident)}.${lockPart(key)}`;

/** The on-call chain of an incident is called once at a time. */
export const onCallLock = (incident: string): string => `oncall.${lockPart(incident)}`;

/** One update of the status page. Updates of one incident do not wait for each other: the page takes them one by one. */
export const statusLock = (incident: string, key: string): string => `status.${lockPart(incident)}.${lockPart(key)}`;

/** An incident has one checklist. */
export const checklistLock = (incident: string): string => `checklist.${lockPart(incident)}`;

/** An incident is answered by one run, which is known by its name. */
export const incidentLock = (incident: string): string => incidentResource(incident);

/** What a readiness check looks at: everything that a recovery will need. It locks nothing that others take. */
export const readinessResource = (): string => 'readiness';
/** A report of a kind is made once at a time. */
export const reportLock = (kind: string): string => `report.${lockPart(kind)}`;

/** A task is closed once. */
export const taskLock = (key: string): string => `task.${lockPart(key)}`;

/** Search attributes of every run; register them (all Keyword) before the first start: the set-up and `dr up` do. */
export const searchAttributes = {
  procedure: defineSearchAttributeKey('DrProcedure', SearchAttributeType.KEYWORD),
  resource: defineSearchAttributeKey('DrResource', SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey('DrState', SearchAttributeType.KEYWORD),
  tier: defineSearchAttributeKey('DrTier', SearchAttributeType.KEYWORD),
  verdict: defineSearchAttributeKey('DrVerdict', SearchAttributeType.KEYWORD),
  planHash: defineSearchAttributeKey('DrPlanHash', SearchAttributeType.KEYWORD),
} as const;

/** Names only, for `temporal server start-dev --search-attribute NAME=Keyword`. */
export const searchAttributeNames: string[] = Object.values(searchAttributes).map((key) => key.name);

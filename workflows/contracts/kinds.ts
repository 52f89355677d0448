/** What a run of each procedure is, and what its end says where it has no objectives to be judged by. One line per procedure. */
import { procedures, type ProcedureName } from './names';
import type { RunRole } from './periodic';

export interface ProcedureKind {
  /** What a run counts as that worked on what serves. */
  role: Exclude<RunRole, 'rehearsal'>;
  /** It has no objectives: it is good when it has completed. */
  unjudged?: true;
  /** Its pre-flight finds what it is there to find: refused, it has failed, and nobody's input was wrong. */
  refusalFails?: true;
}

const recovery: ProcedureKind = { role: 'recovery' };
const backup: ProcedureKind = { role: 'backup', unjudged: true, refusalFails: true };
const test: ProcedureKind = { role: 'test', refusalFails: true };
const other: ProcedureKind = { role: 'other' };
const unjudged: ProcedureKind = { role: 'other', unjudged: true };

const kinds: Record<ProcedureName, ProcedureKind> = {
  pointInTimeRecovery: recovery,
  databaseFailover: recovery,
  databaseSwitchover: other,
  reprotectDatabase: unjudged,
  databaseRestart: recovery,
  serviceRecovery: recovery,
  backupRedis: backup,
  restoreRedis: recovery,
  backupDatabase: backup,
  restoreTest: test,
  monthlyRecoveryTest: test,
  quarterlyRecoveryTest: test,
  fullSystemRecovery: recovery,
  backupConfiguration: backup,
  restoreConfiguration: recovery,
  backupCertificates: backup,
  restoreCertificates: recovery,
  guardDatabase: other,
  keepCopy: other,
  notifyPeople: unjudged,
  callOnCall: unjudged,
  postStatus: other,
  recoveryChecklist: other,
  reducedFunctionality: unjudged,
  relieveResources: recovery,
  siteFailover: recovery,
  holdDatabase: other,
  siteFailback: recovery,
  isolateService: unjudged,
  incidentResponse: { role: 'incident' },
  readinessCheck: other,
  // It can be asked for a scenario that a copy cannot show: then it is refused, and nothing has failed.
  scenarioTest: { role: 'test' },
  periodicReport: other,
  closeTask: other,
};

/** What a procedure is; one that this version does not know is nothing of all that. */
export const kindOf = (procedure: string): ProcedureKind =>
  (kinds as Partial<Record<string, ProcedureKind>>)[procedure] ?? other;

/** Procedures that are tests: what they recover are copies. */
export const testProcedures: readonly ProcedureName[] = procedures.filter((one) => kinds[one].role === 'test');
export const isTest = (procedure: string): boolean => kindOf(procedure).role === 'test';

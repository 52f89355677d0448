/**
 * The few fields of `global/pg_control` that a switchover asks for while clients wait, read from the file itself: a program
 * that has to be started for them takes longer than the shutdown it is to prove. Layout: ControlFileData in PostgreSQL's
 * source, catalog/pg_control.h; the fields up to the checkpoint's timeline have been where they are since PostgreSQL 9.5.
 */

export interface ControlFile {
  systemIdentifier: string;
  /** DB_SHUTDOWNED: shut down in order, as a primary. */
  shutDown: boolean;
  /** Location of the last checkpoint record, as a number of bytes. */
  checkpoint: number;
  timeline: number;
}

/** `pg_control_version` of PostgreSQL 13 to 16, 17 and 18. */
const known = [1300, 1700, 1800];
/** DBState: DB_STARTUP, DB_SHUTDOWNED, DB_SHUTDOWNED_IN_RECOVERY, … */
const shutDownState = 1;

/** @returns undefined for a version whose layout is not known here: then pg_controldata has to be asked */
export function readControlFile(file: Buffer): ControlFile | undefined {
  if (file.length < 64 || !known.includes(file.readUInt32LE(8))) return undefined;
  return {
    systemIdentifier: file.readBigUInt64LE(0).toString(),
    shutDown: file.readInt32LE(16) === shutDownState,
    checkpoint: Number(file.readBigUInt64LE(32)),
    timeline: file.readUInt32LE(48),
  };
}

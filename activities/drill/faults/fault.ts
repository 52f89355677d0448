import type { Database, Gateway } from '../../../plan';
import type { DrillCopy, Planted } from '../../../workflows/contracts/drill';
import { drFailure } from '../../../workflows/contracts/errors';
import { databaseContainer } from '../../shared/database-container';
import { execIn } from '../../shared/exec';

/** Where a fault is planted: always the copy. */
export interface FaultAt extends DrillCopy {
  database: Database;
  gateway: Gateway;
}

/** A fault, and how it is taken back. Both are safe to run again. */
export interface Fault {
  plant(at: FaultAt, signal: AbortSignal): Promise<Planted>;
  lift(at: FaultAt, signal: AbortSignal): Promise<void>;
}

/** Where the originals lie meanwhile, inside the copy's own repository. @param fault name of it */
export const asideOf = ({ database }: FaultAt, fault: string): string =>
  `${database.backup.repositoryPath}/dr-planted-${fault}`;

/**
 * Runs a fixed shell text in the container of the copy's database, where its repository is; data are its arguments.
 * @throws DR-DRILL when it fails
 */
export async function inRepository(
  at: FaultAt,
  script: string,
  args: string[],
  signal: AbortSignal,
  input?: string,
): Promise<string> {
  const { Id } = await databaseContainer(at);
  const command = ['sh', '-ec', script, 'sh', ...args];
  const { exitCode, stdout, stderr } = await execIn(at.site, Id, command, {
    user: 'postgres',
    signal,
    ...(input === undefined ? {} : { input }),
  });
  if (exitCode === 0) return stdout;
  const said = (stderr || stdout).trim().slice(-300);
  throw drFailure(
    'DR-DRILL',
    `a fault could not be planted in ${at.database.service} of the copy, or taken back: ${said}`,
  );
}

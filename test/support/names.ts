import { join } from 'node:path';
import { root } from '../../activities/shared/paths';

/** The copy of the platform that the real tests recover. */
export const project = 'shandi-test';
export const portOffset = 10_000;
export const testHome = join(root(), '.dr', 'test');
/** Port of the ledger when it is asked as a witness: the plan's, moved. */
export const witnessPort = 8090 + portOffset;

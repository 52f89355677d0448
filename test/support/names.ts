import { join } from 'node:path';
import { root } from '../../activities/shared/paths';

/**
 * The copy of the platform that the real tests recover. `DR_TEST_PROJECT` and `DR_TEST_PORTS` (added to every port) choose
 * another, so that two groups of tests can have a platform each.
 */
export const project = process.env['DR_TEST_PROJECT'] ?? 'shandi-test';
export const portOffset = Number(process.env['DR_TEST_PORTS'] ?? 10_000);
export const testHome = join(root(), '.dr', project === 'shandi-test' ? 'test' : project);
/** Port of the ledger when it is asked as a witness: the plan's, moved. */
export const witnessPort = 8090 + portOffset;
/** Port of the control plane under test: the default one, moved. */
export const temporalPort = 7233 + portOffset;

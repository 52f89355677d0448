import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The copy of the platform that the real tests recover. `DR_TEST_PROJECT` and `DR_TEST_PORTS` (added to every port) choose
 * another, so that two groups of tests can have a platform each.
 */
export const project = process.env['DR_TEST_PROJECT'] ?? 'shandi-test';
export const portOffset = Number(process.env['DR_TEST_PORTS'] ?? 10_000);
/**
 * Home of the control plane under test. Like the project's name and the ports it is one for the machine, not for the
 * checkout: a run in another checkout finds what a killed one left there.
 */
export const testHome = join(tmpdir(), `${project}-home`);
/** Port of the ledger when it is asked as a witness: the plan's, moved. */
export const witnessPort = 8090 + portOffset;
/** Port of the control plane under test: the default one, moved. */
export const temporalPort = 7233 + portOffset;
/** Port at which its control worker answers Prometheus: the usual one, moved; its site workers have those that follow. */
export const metricsPort = 9464 + portOffset;

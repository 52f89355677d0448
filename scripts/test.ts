/**
 * `npm test`: the fast layer, then the procedures on real servers: Docker, PostgreSQL, Temporal. Give words to run only the
 * real tests whose title holds them: `npm test -- "table dropped"`.
 */
import { fastChecks } from './checks/fast';
import { bin, conclude, runCheck } from './checks/run';

async function main(): Promise<void> {
  const grep = process.argv.slice(2).join(' ');
  const ended = grep ? [] : await fastChecks();
  const only = grep ? ['--grep', grep] : [];
  ended.push(
    await runCheck('kernel on a real Temporal', bin('mocha'), ['test/workflows/**/*.test.ts', ...only], { live: true }),
  );
  ended.push(
    await runCheck(
      'procedures on real servers',
      bin('mocha'),
      ['--require', 'test/support/platform.ts', 'test/procedures/**/*.test.ts', ...only],
      {
        live: true,
      },
    ),
  );
  // The primary moves from test to test: on a platform of its own.
  ended.push(
    await runCheck(
      'loss of the primary on real servers',
      bin('mocha'),
      ['--require', 'test/support/platform.ts', 'test/failover/**/*.test.ts', ...only],
      { live: true, env: { DR_TEST_PROJECT: 'shandi-failover', DR_TEST_PORTS: '18000' } },
    ),
  );
  // Everything is killed, removed and restored again and again: the others would find another platform.
  ended.push(
    await runCheck(
      'loss of everything on real servers',
      bin('mocha'),
      ['--require', 'test/support/platform.ts', 'test/system/**/*.test.ts', ...only],
      { live: true, env: { DR_TEST_PROJECT: 'shandi-system', DR_TEST_PORTS: '15000' } },
    ),
  );
  process.exitCode = conclude(ended);
}

void main();

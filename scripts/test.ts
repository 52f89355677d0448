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
  process.exitCode = conclude(ended);
}

void main();

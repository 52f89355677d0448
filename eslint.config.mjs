/**
 * The house rules a machine can hold: no forgotten await, no async validator, and one direction of imports:
 * scripts → contracts, plan · workers → workflows, activities · workflows → kernel → contracts · activities → plan, contracts.
 */
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const builtins = [
  'fs',
  'path',
  'os',
  'child_process',
  'crypto',
  'net',
  'http',
  'https',
  'stream',
  'timers',
  'process',
  'worker_threads',
];

/** Forbids imports that match, with the reason as the message. */
const noImports = (...patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.dr/', 'platform/state/', '**/*.mjs', '**/*.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', 500],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      ...noImports(
        {
          group: builtins.flatMap((name) => [name, `node:${name}`]),
          message: 'Workflow code is replayed: nothing of the outside world.',
        },
        {
          group: ['@temporalio/worker', '@temporalio/client', '@temporalio/activity', '@temporalio/envconfig'],
          message: 'Not in workflow code.',
        },
        {
          group: ['**/workers/**', '**/scripts/**', '**/platform/**'],
          message: 'Imports go one way: see docs/architecture.md.',
        },
        {
          group: ['**/activities', '**/activities/**', '**/plan', '**/plan/**'],
          allowTypeImports: true,
          message: 'Workflows see activities and the plan as types only.',
        },
      ),
      'no-restricted-globals': ['error', 'process', 'Buffer', 'fetch', 'setInterval', 'Temporal'],
    },
  },
  {
    files: ['workflows/contracts/**/*.ts'],
    rules: noImports(
      {
        group: ['**/kernel/**', '**/activities/**', '**/workers/**', '**/scripts/**'],
        message: 'Contracts are the bottom: they import no one.',
      },
      { group: ['**/plan', '**/plan/**'], allowTypeImports: true, message: 'Types of the plan only.' },
    ),
  },
  {
    files: ['workflows/kernel/**/*.ts'],
    rules: noImports(
      { group: ['../pitr/**', '../point-in-time-recovery', '../keep-copy'], message: 'The kernel knows no procedure.' },
      {
        group: ['**/activities', '**/activities/**', '**/plan', '**/plan/**'],
        allowTypeImports: true,
        message: 'Workflows see activities and the plan as types only.',
      },
    ),
  },
  ...[
    ['activities/!(shared)/*.ts', '^\\.\\./(?!shared/|\\.\\./)'],
    ['activities/!(shared)/*/**/*.ts', '^\\.\\./\\.\\./(?!shared/|\\.\\./)'],
  ].map(([files, regex]) => ({
    files: [files],
    rules: noImports(
      { regex, message: 'One activity folder never imports another: the procedure composes them.' },
      {
        group: ['**/kernel/**', '**/workers/**', '**/scripts/**', '**/platform/**'],
        message: 'Imports go one way: see docs/architecture.md.',
      },
    ),
  })),
  {
    files: ['plan/**/*.ts'],
    rules: noImports({
      group: ['**/workflows/**', '**/activities/**', '**/workers/**', '**/scripts/**', '**/platform/**'],
      message: 'The plan imports nothing of ours.',
    }),
  },
);

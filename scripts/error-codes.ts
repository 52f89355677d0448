/** `npm run docs:errors`: writes docs/error-codes.md from the one list of codes. A unit test says that it is in step. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../workflows/contracts/errors';

export function errorCodesPage(): string {
  const rows = Object.entries(errorCodes).map(([code, { means, next }]) => `| \`${code}\` | ${means} | ${next} |`);
  return [
    '# Error codes',
    '',
    'Every failure that reaches a person carries one of these codes, a sentence that names the value and where it came from,',
    'and what to do next. This page is made from the list in `workflows/contracts/errors.ts` by `npm run docs:errors`.',
    '',
    'A **refusal** ends the run before anything was touched. A **failed step** holds the run: retry, skip or abort it',
    '(`./dr resolve`). What an abort undoes is in the report.',
    '',
    '| code | what it means | what to do |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

if (require.main === module) writeFileSync(join(__dirname, '..', 'docs', 'error-codes.md'), errorCodesPage());

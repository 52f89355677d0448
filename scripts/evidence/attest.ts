/** A person says what a run has shown. The word is added to the bundle; nothing that was in it is changed. */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../activities/shared/write-file';
import { procedureTitle } from '../../workflows/contracts/words';
import { Fault } from '../lib/fault';
import { append, headOf, manifestName, manifestText } from './chain';
import { jsonText, paths } from './contents';
import { alone, folderOf, keepHead, openBundle, type Bundle } from './folder';
import { recordSchema, type TestRecord } from './record';
import { secretsIn, type KnownSecrets } from './secrets';
import { verifyAlone } from './verify';

export interface Word {
  result: 'pass' | 'fail';
  by: string;
  notes: string;
  /** Added to what the run itself knows. */
  participants: string[];
  deviations: string[];
  problems: TestRecord['problems'];
  /** Instead of the date that follows from the plan, `2026-12-01`. */
  nextDate?: string;
}

/** @returns the new head, and what was attested @throws Fault when the bundle does not hold, or a secret is in the word */
export async function attest(
  path: string,
  word: Word,
  secrets: KnownSecrets,
): Promise<{ head: string; file: string; record: TestRecord }> {
  const first = await demandBundle(path);
  return alone(folderOf(first), async () => {
    const bundle = await demandBundle(path);
    const { faults } = await verifyAlone(bundle, { replay: false });
    if (faults.length > 0)
      throw new Fault(
        'refused',
        [`${bundle.name} does not hold, so nobody can attest anything by it:`, ...faults.map((one) => `  ${one}`)].join(
          '\n',
        ),
        'Nothing was written. Export the run anew into another folder (--to), and find out what happened to this one.',
      );
    const record = withWord(await recordIn(bundle), word);
    const number = bundle.entries.filter(({ kind }) => kind === 'attestation').length + 1;
    const at = new Date().toISOString();
    const { result, by, notes } = word;
    const text = jsonText({ number, bundle: bundle.name, of: headOf(bundle.entries), at, by, result, notes, record });
    const found = secretsIn(Buffer.from(text), secrets);
    if (found.length > 0)
      throw new Fault(
        'refused',
        `The attestation has a secret in it: ${found.join(', ')}. Nothing was written.`,
        'Leave it out.',
      );
    const file = `attestations/${number}.json`;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const bytes = Buffer.byteLength(text);
    const entries = append(bundle.entries, { kind: 'attestation', path: file, bytes, sha256, at, by, result });
    await writeFileAtomically(join(bundle.path, file), text, 0o640);
    try {
      await writeFileAtomically(join(bundle.path, manifestName), manifestText(entries), 0o640);
    } catch (error) {
      // A file that no entry lists would make the bundle one that does not hold.
      await rm(join(bundle.path, file), { force: true });
      throw error;
    }
    await keepHead(folderOf(bundle), bundle.name, headOf(entries));
    return { head: headOf(entries), file, record };
  });
}

async function demandBundle(path: string): Promise<Bundle> {
  const bundle = await openBundle(path);
  if (bundle) return bundle;
  throw new Fault(
    'input',
    `Argument <path> is "${path}": there is no ${manifestName} in it, so it is no bundle.`,
    'List the bundles with `dr evidence list`.',
  );
}

/** What the run knew of itself; one that left no report knew nothing. */
async function recordIn({ path, header }: Bundle): Promise<TestRecord> {
  const text = await readFile(join(path, paths.record), 'utf8').catch(() => undefined);
  if (text !== undefined) return recordSchema.parse(JSON.parse(text));
  const nothing = { participants: [], criteria: [], deviations: [], results: [], problems: [], nextDate: null };
  return { scope: header?.workflowId ?? '', type: procedureTitle(header?.procedure ?? ''), ...nothing };
}

const withWord = (record: TestRecord, word: Word): TestRecord => ({
  ...record,
  participants: [...record.participants, ...word.participants],
  deviations: [...record.deviations, ...word.deviations],
  problems: [...record.problems, ...word.problems],
  nextDate: word.nextDate ?? record.nextDate,
});

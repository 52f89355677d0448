import { resolve } from 'node:path';
import { moment, procedureTitle } from '../../workflows/contracts/words';
import { headOf } from '../evidence/chain';
import { bundlesFolder, bundlesIn, faultsOfChain, openBundle } from '../evidence/folder';
import { verifyAlone, verifyFolder, type Verified } from '../evidence/verify';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { paint, plainLine, plainText } from '../lib/paint';
import { textTable } from '../lib/table';

type Options = Record<string, unknown>;

/** `evidence list`. @returns 3 where the chain has a gap */
export async function listBundles(context: Context, options: Options): Promise<number> {
  const folder = options['in'] === undefined ? bundlesFolder() : resolve(String(options['in']));
  const bundles = await bundlesIn(folder);
  const faults = await faultsOfChain(folder, bundles);
  const rows = bundles.map(({ name, path, header, entries, faults: own }) => ({
    name,
    path,
    procedure: header?.procedure ?? 'not known',
    madeAt: header?.madeAt ?? '',
    files: entries.filter(({ kind }) => kind === 'file').length,
    attestations: entries.flatMap((entry) => (entry.kind === 'attestation' ? [`${entry.result} by ${entry.by}`] : [])),
    head: headOf(entries),
    after: header?.after?.name ?? null,
    faults: own,
  }));
  if (context.json) context.out(toJson({ folder, bundles: rows, faults }));
  else if (rows.length === 0) context.out(`There is no bundle in ${folder}.`);
  else {
    const cells = rows.map((row) => [
      row.name,
      procedureTitle(row.procedure),
      moment(row.madeAt),
      String(row.files),
      row.attestations.join('; ') || 'not attested',
      row.head,
    ]);
    const lines = textTable(['BUNDLE', 'OF', 'MADE', 'FILES', 'ATTESTED', 'HEAD'], cells);
    for (const line of lines) context.out(plainLine(line, false));
  }
  const all = [...faults, ...rows.flatMap((row) => row.faults.map((fault) => `${row.name}: ${fault}`))];
  for (const fault of all) context.say(plainText(fault));
  return all.length > 0 ? exitCodes.refused.code : exitCodes.ok.code;
}

/** `evidence verify`. @returns 3 where something does not hold */
export async function verifyBundles(context: Context, path: string, options: Options): Promise<number> {
  const wanted = options['head'] === undefined ? undefined : String(options['head']).toLowerCase();
  if (wanted !== undefined && !/^[0-9a-f]{64}$/.test(wanted))
    throw inputFault([`--head is "${wanted}": expected a SHA-256 of 64 hexadecimal digits.`], 'evidence verify');
  const how = { replay: true, demandReplay: options['replayed'] === true };
  const bundle = await openBundle(path);
  const looked = bundle
    ? { bundles: [await verifyAlone(bundle, how)], faults: [] as string[] }
    : await verifyFolder(resolve(path), how);
  if (!looked)
    throw new Fault(
      'input',
      `Argument <path> is "${path}": there is no bundle, and no folder of bundles.`,
      'List the bundles with `./dr evidence list`.',
    );
  if (wanted !== undefined) looked.faults.push(...(await faultsOfHead(wanted, looked.bundles)));
  const holds = looked.faults.length === 0 && looked.bundles.every(({ faults }) => faults.length === 0);
  if (context.json) context.out(toJson({ holds, ...looked }));
  else for (const line of linesOf(looked, holds, context.colour)) context.out(plainLine(line, context.colour));
  return holds ? exitCodes.ok.code : exitCodes.refused.code;
}

/** A head that was written down is that of the bundle then; attestations have come behind it since. */
async function faultsOfHead(wanted: string, bundles: readonly Verified[]): Promise<string[]> {
  for (const { path } of bundles)
    if (
      (await openBundle(path))?.entries.some(
        ({ kind, hash }) => hash === wanted && kind !== 'file' && kind !== 'bundle',
      )
    )
      return [];
  return [`No bundle here ever had the head ${wanted}: this is not what was written down.`];
}

function linesOf(looked: { bundles: Verified[]; faults: string[] }, holds: boolean, colour: boolean): string[] {
  const { good, bad, warn, bold, soft } = paint(colour);
  const count = looked.faults.length + looked.bundles.reduce((sum, { faults }) => sum + faults.length, 0);
  return [
    ...looked.bundles.flatMap((one) => [
      bold(
        `${one.name}: ${one.header ? `${procedureTitle(one.header.procedure)}, made ${moment(one.header.madeAt)}` : 'not known'}`,
      ),
      ...one.replayed.map(({ outcome, workflowId, says }) => {
        const word = { replayed: good('replayed'), differs: bad('differs'), 'other-version': warn('not replayed') };
        return `  ${word[outcome]}  ${workflowId}: ${says}`;
      }),
      ...one.attestations.map(({ at, by, result }) => `  attested ${result} by ${by}, ${moment(at)}`),
      ...one.notes.map((note) => warn(`  ${note}`)),
      ...one.faults.map((fault) => bad(`  ${fault}`)),
      soft(`  head ${one.head}`),
    ]),
    ...looked.faults.map((fault) => bad(fault)),
    holds
      ? good(
          `HOLDS: ${looked.bundles.length === 1 ? 'every file is' : `all ${looked.bundles.length} bundles are`} as sealed.`,
        )
      : bad(`REFUSED: ${count} ${count === 1 ? 'fault' : 'faults'}.`),
  ];
}

import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { drFailure } from '../../../workflows/contracts/errors';
import { fromRoot } from '../../shared/paths';
import { writeFileAtomically } from '../../shared/write-file';
import { demandOwnFiles } from '../own-files';
import type { Fault, FaultAt } from './fault';
import { selfSigned } from './self-signed';

const dayMs = 86_400_000;

/** The certificate of the copy's gateway has expired. Its files alone are changed: the gateway is not told. */
export const expiredCertificate: Fault = {
  async plant(at) {
    const { folder, aside } = placesOf(at);
    await demandOwnFiles(at, folder);
    const names = await pemFiles(folder);
    if (names.length === 0)
      throw drFailure('DR-DRILL', `${at.gateway.certificates} holds no certificate that could expire`);
    if (!(await isThere(aside))) {
      // Complete before it has its name: what is taken back from there is whole.
      await rm(`${aside}.part`, { recursive: true, force: true });
      await mkdir(`${aside}.part`, { mode: 0o700 });
      for (const name of names) await copyFile(join(folder, name), join(`${aside}.part`, name));
      await rename(`${aside}.part`, aside);
    }
    const now = Date.now();
    const made = selfSigned(at.gateway.publicName, new Date(now - 90 * dayMs), new Date(now - dayMs));
    for (const name of names) {
      const text = await readFile(join(aside, name), 'latin1');
      const [certificate, key] = [/BEGIN (?:TRUSTED )?CERTIFICATE/.test(text), /PRIVATE KEY/.test(text)];
      await writeFileAtomically(join(folder, name), `${certificate ? made.certificate : ''}${key ? made.key : ''}`);
    }
    return {
      says: 'the certificate of the gateway replaced by one that expired a day ago',
      names: at.gateway.certificates,
    };
  },
  async lift(at) {
    const { folder, aside } = placesOf(at);
    if (!(await isThere(aside))) return;
    for (const name of await readdir(aside))
      await writeFileAtomically(join(folder, name), await readFile(join(aside, name)));
    await rm(aside, { recursive: true });
  },
};

const placesOf = ({ gateway }: FaultAt): { folder: string; aside: string } => {
  const folder = resolve(fromRoot(gateway.certificates));
  return { folder, aside: `${folder}.dr-planted` };
};

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function pemFiles(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  const names = found.filter((one) => one.isFile()).map(({ name }) => name);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  return names.filter((_, index) => /-----BEGIN [A-Z ]*(?:CERTIFICATE|PRIVATE KEY)-----/.test(texts[index] ?? ''));
}

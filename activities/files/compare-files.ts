import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { parse } from 'yaml';
import type { BundleFile, CertificatesAt, Comparison, EnvFileAt, FileFinding } from '../../workflows/contracts/bundle';
import { hostOf } from '../shared/databases-file';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { sha256, type OpenBundle } from './bundle-file';
import { judgeCertificates } from './certificate';
import { compareEnv, type Present } from './compare-env';
import { composeReadsFile } from './compose-reads';
import { readTexts } from './inspect-certificates';
import { stage, type StagedAt } from './staging';
import { isBelow, planPath } from './walk';

export interface CompareFiles extends StagedAt {
  what: 'missing' | 'all';
  envFiles: EnvFileAt[];
  /** Files that say which server the clients are sent to, and for which database. */
  databasesFiles: { path: string; database: string }[];
  certificates: CertificatesAt;
}

/** What a file is found to be, before it is said whether it is to be written. */
type Verdict = Pick<FileFinding, 'state' | 'says'> & { warning?: string };

/**
 * Every file of a bundle against what is there, and what a restore would write. Nothing is changed but the staging folder.
 * @throws DR-NO-BACKUP, DR-BACKUP-CORRUPT, DR-SECRET
 */
export async function compareFiles(args: CompareFiles): Promise<Comparison> {
  return withHeartbeat(`comparing files with bundle ${args.label}`, async (_beat, signal) => {
    const opened = await stage(args);
    const { manifest } = opened;
    const present = new Map<string, Present>();
    for (const { path } of manifest.files) present.set(path, await look(path));
    const judge = await judgeOf(args, opened, present, signal);
    const found: Comparison = { same: 0, files: [], warnings: [] };
    for (const file of manifest.files) {
      const there = present.get(file.path) ?? { missing: true };
      const env = args.envFiles.find((one) => planPath(one.path) === file.path);
      const now = 'content' in there ? sha256(there.content) : undefined;
      if (now === file.sha256) {
        found.same += 1;
      } else if (env && !('unreadable' in there)) {
        const text = opened.files.get(file.path) ?? Buffer.alloc(0);
        const options = { what: args.what, takenAt: manifest.takenAt, signal };
        const { finding, warnings } = await compareEnv({ ...env, path: file.path }, text, there, options);
        if (finding) found.files.push(finding);
        else found.same += 1;
        found.warnings.push(...warnings);
      } else {
        const { warning, ...verdict } = judge(file, there);
        const restore =
          verdict.state === 'missing' ||
          (verdict.state === 'broken' && !('unreadable' in there)) ||
          (verdict.state === 'changed' && args.what === 'all');
        found.files.push({ path: file.path, ...verdict, restore, ...(now ? { now } : {}), then: file.sha256 });
        if (warning !== undefined) found.warnings.push(warning);
      }
    }
    return found;
  });
}

async function look(path: string): Promise<Present> {
  try {
    return { content: await readFile(fromRoot(path)) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? { missing: true } : { unreadable: code ?? 'unknown error' };
  }
}

/** The rules for files that are no env file. What they need to know of the whole is measured once. */
async function judgeOf(
  args: CompareFiles,
  { manifest, files }: OpenBundle,
  present: Map<string, Present>,
  signal: AbortSignal,
): Promise<(file: BundleFile, there: Present) => Verdict> {
  const { kind, site, certificates, databasesFiles } = args;
  const ofGateway = manifest.files.filter(({ path }) => isBelow(path, [certificates.path]));
  const noneThere = ofGateway.every(({ path }) => 'missing' in (present.get(path) ?? {}));
  const unfit = kind === 'certificates' ? await certificateProblem(certificates) : undefined;
  const composeFile = planPath(site.compose.file);
  const bundled = kind === 'configuration' && files.has(composeFile);
  const composed =
    bundled && !('missing' in (present.get(composeFile) ?? {})) ? await composeReadsFile(site, signal) : true;

  return ({ path }, there) => {
    if ('unreadable' in there)
      return {
        state: 'broken',
        says: `it cannot be read: ${there.unreadable}`,
        warning: `${path} cannot be read (${there.unreadable}), so it could not be kept: move it away, and start again.`,
      };
    const gone = 'missing' in there;
    const pooler = databasesFiles.find((one) => planPath(one.path) === path);
    if (pooler) return judgePooler(path, there, pooler.database);
    if (isBelow(path, [certificates.path])) {
      if (kind === 'configuration' && !noneThere)
        return { state: 'kept', says: 'it belongs to a certificate: restoreCertificates puts that back as a whole' };
      if (unfit !== undefined) return { state: gone ? 'missing' : 'broken', says: unfit };
    }
    if (gone) return { state: 'missing', says: 'it is not there' };
    if (path === composeFile && composed !== true)
      return composed === false
        ? { state: 'broken', says: 'Compose cannot read it' }
        : { state: 'changed', says: 'it differs; Compose can read neither it nor the one of the bundle' };
    if (['.yml', '.yaml'].includes(extname(path)) && !isYaml(there.content.toString('utf8')))
      return { state: 'broken', says: 'it is no YAML' };
    return { state: 'changed', says: 'it differs' };
  };
}

/** Whom clients are sent to is for failover and recovery to say: that file is put back only where nothing can be read there. */
function judgePooler(path: string, there: Present, database: string): Verdict {
  const warning = `${path} is taken from the bundle: if another server became primary since, clients are sent to the wrong one. Look before you approve.`;
  if (!('content' in there)) return { state: 'missing', says: 'it is not there', warning };
  try {
    hostOf(there.content.toString('utf8'), database);
    return { state: 'kept', says: 'it says where clients are sent now' };
  } catch {
    return { state: 'broken', says: `it has no line for ${database}`, warning };
  }
}

/** Why the certificate that is there cannot be served; undefined when it can. */
async function certificateProblem({ path, publicName }: CertificatesAt): Promise<string | undefined> {
  const texts = await readTexts(path).catch(() => []);
  return judgeCertificates(texts, publicName, new Date()).problem;
}

function isYaml(text: string): boolean {
  try {
    parse(text, { merge: true, logLevel: 'error' });
    return true;
  } catch {
    return false;
  }
}

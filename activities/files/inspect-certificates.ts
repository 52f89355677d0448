import { readFile } from 'node:fs/promises';
import type { CertificatesAt, CertificatesFound } from '../../workflows/contracts/bundle';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { judgeCertificates } from './certificate';
import { filesBelow } from './walk';

export interface InspectCertificates extends CertificatesAt {
  /** Moment that is judged, UTC or with offset. Default: now; a later one tells what will have expired by then. */
  at?: string;
}

/**
 * Looks at the certificates in a directory, or in one file: from when until when each is valid, for which names, and whether
 * a key beside it belongs to it. What cannot be read is an answer: `problem`.
 */
export async function inspectCertificates({ path, publicName, at }: InspectCertificates): Promise<CertificatesFound> {
  return withHeartbeat(`looking at the certificates in ${path}`, async () => {
    const now = at === undefined ? new Date() : new Date(at);
    try {
      return judgeCertificates(await readTexts(path), publicName, now);
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      return { certificates: [], problem: `${path} cannot be read: ${why}` };
    }
  });
}

/** The files, as text. */
export async function readTexts(path: string): Promise<{ path: string; text: string }[]> {
  const paths = await filesBelow([path]);
  return Promise.all(paths.map(async (one) => ({ path: one, text: await readFile(fromRoot(one), 'latin1') })));
}

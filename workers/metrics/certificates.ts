import type { Plan } from '../../plan';
import { judgeCertificates } from '../../activities/files/certificate';
import { readTexts } from '../../activities/files/inspect-certificates';
import type { CertificatesFound } from '../../workflows/contracts/bundle';
import type { Sheet } from './sheet';

/** Looks at the certificates of the gateway as they lie on its disk. @throws when they cannot be read */
export async function readCertificates({ gateway }: Plan): Promise<CertificatesFound> {
  return judgeCertificates(await readTexts(gateway.certificates), gateway.publicName, new Date());
}

/** Puts when they expire. Pure. */
export function putCertificates(sheet: Sheet, { gateway }: Plan, { certificates, good }: CertificatesFound): void {
  const name = gateway.publicName;
  sheet.put('dr_certificate_valid', { name }, good ? 1 : 0);
  const ends = certificates.filter((one) => one.keyMatches).map(({ notAfter }) => Date.parse(notAfter) / 1000);
  const end = good ? Date.parse(good.notAfter) / 1000 : Math.max(...ends);
  sheet.put('dr_certificate_expiry_timestamp_seconds', { name }, end);
}

import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { CertificateFacts, CertificatesFound } from '../../workflows/contracts/bundle';

const certificate = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const privateKey = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )?PRIVATE KEY-----/g;

/**
 * Which certificate of a set of PEM files can be served for a name at a moment. One that has no key beside it is taken for a
 * link of a chain where another one has, and is not served.
 */
export function judgeCertificates(
  files: { path: string; text: string }[],
  publicName: string,
  at: Date,
): CertificatesFound {
  const keys = files.flatMap(({ text }) => (text.match(privateKey) ?? []).flatMap(readKey));
  const read = files.filter(({ text }) => certificate.test(text)).map((file) => readCertificate(file, keys));
  const withKey = read.some((one) => one.found?.keyMatches);
  const certificates = read.map((one): CertificateFacts => {
    if (!one.found)
      return { ...nothing, path: one.path, problem: `${one.path} holds a certificate that cannot be read` };
    const problem = problemOf(one.found, one.certificate, publicName, at, withKey);
    return { ...one.found, ...(problem === undefined ? {} : { problem }) };
  });
  const good = certificates.find((one) => one.keyMatches && one.problem === undefined);
  if (good) return { certificates, good };
  const why = certificates.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  return { certificates, problem: why.join('; ') || 'there is no certificate' };
}

const nothing = { notBefore: '', notAfter: '', names: [], fingerprint: '', keyMatches: false };

type Read =
  | { path: string; found: Omit<CertificateFacts, 'problem'>; certificate: X509Certificate }
  | { path: string; found?: undefined };

function readCertificate({ path, text }: { path: string; text: string }, keys: KeyObject[]): Read {
  try {
    const first = new X509Certificate(text.slice(text.search(certificate)));
    return {
      path,
      certificate: first,
      found: {
        path,
        notBefore: new Date(first.validFrom).toISOString(),
        notAfter: new Date(first.validTo).toISOString(),
        names: (first.subjectAltName ?? '').split(', ').filter(Boolean),
        fingerprint: first.fingerprint256,
        keyMatches: keys.some((key) => first.checkPrivateKey(key)),
      },
    };
  } catch {
    return { path };
  }
}

/** A key with a pass phrase, or a broken one, belongs to nothing: no gateway could start with it unattended. */
function readKey(pem: string): KeyObject[] {
  try {
    return [createPrivateKey(pem)];
  } catch {
    return [];
  }
}

function problemOf(
  found: Omit<CertificateFacts, 'problem'>,
  certificate: X509Certificate,
  publicName: string,
  at: Date,
  withKey: boolean,
): string | undefined {
  const { path, notBefore, notAfter, keyMatches } = found;
  if (at.getTime() > Date.parse(notAfter)) return `the certificate in ${path} expired at ${notAfter}`;
  if (at.getTime() < Date.parse(notBefore)) return `the certificate in ${path} is valid from ${notBefore} on, not yet`;
  if (!keyMatches) return withKey ? undefined : `no private key beside ${path} belongs to its certificate`;
  if (certificate.checkHost(publicName) === undefined)
    return `the certificate in ${path} is for ${found.names.join(', ') || 'no name'}, not for ${publicName}`;
  return undefined;
}

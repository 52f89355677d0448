import assert from 'node:assert/strict';
import { judgeCertificates } from '../../../activities/files/certificate';
import type { CertificatesFound } from '../../../workflows/contracts/bundle';
import { api, other } from '../../fixtures/certificates';

const name = 'api.theshandi.com';
const then = new Date('2026-11-22T17:00:00Z');
const spoil = (pem: string): string => pem.replace('\nMI', '\nXX');
const judge = (files: Record<string, string>, at = then, publicName = name): CertificatesFound =>
  judgeCertificates(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    publicName,
    at,
  );

describe('a certificate that could be served', () => {
  it('is valid, has its key beside it or in the same file, and is for the public name', () => {
    const sets: Record<string, string>[] = [
      { 'a.crt': api.crt, 'a.key': api.key },
      { 'all.pem': api.key + api.crt + other.crt },
    ];
    for (const files of sets) {
      const { good, problem } = judge(files);
      assert.equal(problem, undefined);
      assert.equal(good?.notBefore, '2026-01-01T00:00:00.000Z');
      assert.equal(good?.notAfter, '2126-01-01T00:00:00.000Z');
      assert.deepEqual(good?.names, [`DNS:${name}`]);
      assert.match(good?.fingerprint ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    }
  });

  it('may have the rest of its chain in a file of its own, which has no key', () => {
    const { good, problem } = judge({ 'a.crt': api.crt, 'a.key': api.key, 'chain.pem': other.crt });
    assert.equal(good?.path, 'a.crt');
    assert.equal(problem, undefined);
  });

  const bad: [string, Record<string, string>, RegExp, Date?, string?][] = [
    ['that expired', { c: api.crt, k: api.key }, /in c expired at 2126-01-01T00:00/, new Date('2126-01-02')],
    ['that is of the future', { c: api.crt, k: api.key }, /valid from 2026-01-01.* not yet/, new Date('2025-01-01')],
    ['without its key', { c: api.crt }, /no private key beside c belongs to its certificate/],
    ['with the key of another', { c: api.crt, k: other.key }, /no private key beside c/],
    ['whose key is spoilt', { c: api.crt, k: spoil(api.key) }, /no private key beside c/],
    ['for another name', { c: other.crt, k: other.key }, /is for DNS:other\.theshandi\.com, not for api/],
    ['that is spoilt', { c: spoil(api.crt), k: api.key }, /c holds a certificate that cannot be read/],
    ['that is not there', { k: api.key }, /there is no certificate/],
  ];
  for (const [title, files, sentence, at] of bad)
    it(`is none ${title}`, () => {
      const { good, problem } = judge(files, at);
      assert.equal(good, undefined);
      assert.match(problem ?? '', sentence);
    });
});

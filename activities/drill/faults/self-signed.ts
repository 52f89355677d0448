/** A self-signed certificate, made here: no certificate program is asked of the host. ITU-T X.690 (DER), RFC 5280. */
import { createSign, generateKeyPairSync } from 'node:crypto';

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const hex = (tag: number, text: string): Buffer => der(tag, Buffer.from(text, 'hex'));

/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const algorithm = sequence(hex(0x06, '2a8648ce3d040302'));

/** `20260101120000Z`: good for every year, where UTCTime ends in 2049. */
const time = (at: Date): Buffer =>
  der(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`, 'ascii'));

/** Common name, 2.5.4.3. */
const nameOf = (name: string): Buffer =>
  sequence(der(0x31, sequence(hex(0x06, '550403'), der(0x0c, Buffer.from(name, 'utf8')))));

/** Subject alternative name, 2.5.29.17, with one DNS name. */
const extensions = (name: string): Buffer =>
  der(0xa3, sequence(sequence(hex(0x06, '551d11'), der(0x04, sequence(der(0x82, Buffer.from(name, 'ascii')))))));

const pem = (what: string, content: Buffer): string =>
  `-----BEGIN ${what}-----\n${(content.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${what}-----\n`;

/** A certificate for one DNS name with its key, as PEM. @param from and @param to its life */
export function selfSigned(name: string, from: Date, to: Date): { certificate: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = sequence(
    der(0xa0, hex(0x02, '02')),
    hex(0x02, '01'),
    algorithm,
    nameOf(name),
    sequence(time(from), time(to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(name),
  );
  const signature = createSign('sha256').update(content).sign(privateKey);
  return {
    certificate: pem('CERTIFICATE', sequence(content, algorithm, der(0x03, Buffer.from([0]), signature))),
    key: pem('PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' })),
  };
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { connect } from 'node:tls';

/** Has openssl; no certificate program is asked of the host. */
const image = 'shandi/nginx:1';

// $1 first and $2 last moment of its life, as openssl writes them; $3 the name it is for. Only `ca` takes both moments.
const script = `set -e
cd /tmp && touch index.txt && echo 01 > serial
printf '[ca]\\ndefault_ca=a\\n[a]\\ndatabase=index.txt\\nserial=serial\\nnew_certs_dir=/tmp\\ndefault_md=sha256\\npolicy=p\\ncopy_extensions=copy\\n[p]\\ncommonName=supplied\\n' > ca.cnf
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$3" -addext "subjectAltName=DNS:$3" -keyout key -out csr
openssl ca -config ca.cnf -selfsign -keyfile key -in csr -startdate "$1" -enddate "$2" -batch -notext -out crt
cat key crt`;

/** A self-signed certificate with its key. @param from and @param to its life */
export async function makeCertificate(from: Date, to: Date, name: string): Promise<{ key: string; crt: string }> {
  const moment = (at: Date): string => `${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  const { stdout } = await promisify(execFile)('docker', [
    ...['run', '--rm', '--pull', 'never', '--network', 'none', '--log-driver', 'none', '--entrypoint', 'sh', image],
    ...['-c', script, 'sh', moment(from), moment(to), name],
  ]);
  const pem = (what: string): string => {
    const found = new RegExp(`-----BEGIN ${what}-----[^-]+-----END ${what}-----\n`).exec(stdout)?.[0];
    if (!found) throw new Error(`openssl wrote no ${what}`);
    return found;
  };
  return { key: pem('PRIVATE KEY'), crt: pem('CERTIFICATE') };
}

/** What a client from outside is served: fingerprint and end of life of the certificate. */
export function servedAt(port: number): Promise<{ fingerprint: string; validTo: Date }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const { fingerprint256, valid_to: validTo } = socket.getPeerCertificate();
      socket.destroy();
      resolve({ fingerprint: fingerprint256, validTo: new Date(validTo) });
    });
    socket.setTimeout(5_000, () => socket.destroy(new Error('no handshake within 5 s')));
    socket.once('error', reject);
  });
}

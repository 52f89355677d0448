import { connect } from 'node:tls';
import type { Gateway, Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { hostOf } from '../shared/new-connection';
import { until } from '../shared/until';

export interface ServedCertificate {
  /** The gateway's container runs. */
  running: boolean;
  /** SHA-256 of the certificate it serves; absent: it serves none. */
  fingerprint?: string;
  /** UTC; until when that is valid. */
  notAfter?: string;
  /** In a sentence. */
  says: string;
}

/** Handshakes in a row that must show the expected certificate: a former worker of the gateway may answer between two others. */
const inARow = 3;
/** Longest wait for one handshake, milliseconds. */
const handshakeMs = 2_000;

/**
 * Asks the gateway for its certificate as any client would, by a TLS connection to its published port.
 * @param expect fingerprint that is waited for: after a reload the former workers may take a connection yet
 * @param deadlineMs how long it is waited for (default 10 000)
 * @throws DR-CERTIFICATE when another one is served at the end of that time; without `expect` never
 */
export async function askServedCertificate(args: {
  site: Site;
  gateway: Gateway;
  expect?: string;
  deadlineMs?: number;
}): Promise<ServedCertificate> {
  const { site, gateway, expect, deadlineMs = 10_000 } = args;
  return withHeartbeat(`asking ${gateway.service} for its certificate`, async (_beat, signal) => {
    const info = await findService(site, gateway.service);
    if (!info?.State.Running)
      return { running: false, says: info ? `${gateway.service} does not run` : `${gateway.service} has no container` };
    let last: ServedCertificate = { running: true, says: 'it was not asked' };
    return until(
      async () => {
        for (let seen = 0; seen < (expect === undefined ? 1 : inARow); seen += 1) {
          last = { running: true, ...(await handshake(site, gateway)) };
          if (expect !== undefined && last.fingerprint !== expect) return undefined;
        }
        return last;
      },
      {
        deadlineMs,
        everyMs: 50,
        signal,
        onTimeout: () =>
          drFailure(
            'DR-CERTIFICATE',
            `${gateway.service} does not serve the certificate ${expect ?? ''}: ${last.says}`,
            {
              retry: true,
              next: 'Read the log of the gateway, then retry.',
            },
          ),
      },
    );
  });
}

/** Whether it is trusted is not asked: which one it is, is. */
function handshake(site: Site, gateway: Gateway): Promise<Omit<ServedCertificate, 'running'>> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostOf(site),
      port: gateway.ports.https,
      servername: gateway.publicName,
      rejectUnauthorized: false,
      timeout: handshakeMs,
    });
    const end = (answer: Omit<ServedCertificate, 'running'>): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('secureConnect', () => {
      const { fingerprint256, valid_to: validTo } = socket.getPeerCertificate();
      const notAfter = new Date(validTo).toISOString();
      end({ fingerprint: fingerprint256, notAfter, says: `it serves ${fingerprint256}, valid until ${notAfter}` });
    });
    socket.once('timeout', () => end({ says: `no TLS handshake within ${handshakeMs} ms` }));
    socket.once('error', (error: NodeJS.ErrnoException) => end({ says: error.code ?? error.message }));
  });
}

import { connect } from 'node:net';
import type { Site } from '../../plan';

/** Where a published port of a site can be reached from the worker beside it. */
export const hostOf = ({ engine }: Site): string => ('socketPath' in engine ? '127.0.0.1' : engine.host);

/** SSLRequest (PostgreSQL manual 55.7): length and code; the server answers with one byte, before anybody logs in. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Whether a server takes new connections: a postmaster that hangs has sessions that go on working. Asks for no login.
 * @returns false when there is no answer in time, and when the port cannot be reached from here
 */
export function takesNewConnections(site: Site, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostOf(site), port, timeout: timeoutMs });
    const end = (answered: boolean): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(answered);
    };
    const limit = setTimeout(() => end(false), timeoutMs);
    socket.once('connect', () => socket.write(sslRequest));
    socket.once('data', () => end(true));
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => end(false));
  });
}

/**
 * Temporal's own metrics of a worker. Its SDK answers Prometheus by itself, at a port of its own: that one is on this machine
 * only and asked by ours, so that a worker is one target and one setting.
 */
import { createServer, type AddressInfo } from 'node:net';

const loopback = '127.0.0.1';

/** A port that is free now. Another program may be faster: whoever listens there tries again with another. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, loopback, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/**
 * Has the SDK listen at a free port.
 * @param install installs the SDK's runtime with this address; throws when it cannot listen there
 * @returns the address
 */
export async function atFreePort(install: (bindAddress: string) => void, tries = 3): Promise<string> {
  const bindAddress = `${loopback}:${await freePort()}`;
  try {
    install(bindAddress);
    return bindAddress;
  } catch (error) {
    if (tries <= 1) throw error;
    return atFreePort(install, tries - 1);
  }
}

/** What the SDK answers, in the text format of Prometheus. */
export async function sdkText(bindAddress: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`http://${bindAddress}/metrics`, { signal });
  if (!answer.ok) throw new Error(`the SDK answered ${answer.status}`);
  return answer.text();
}

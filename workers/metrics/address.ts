/** Where a worker answers Prometheus: `DR_METRICS_ADDRESS`. */

export interface Address {
  host: string;
  port: number;
}

/** Only this machine, unless somebody says otherwise: what is told there is nobody else's business. */
const loopback = '127.0.0.1';

/**
 * Reads `9464`, `127.0.0.1:9464`, `0.0.0.0:9464` or `[::1]:9464`.
 * @param text empty or undefined: nothing is answered
 * @throws Error naming the variable, what it holds and what was expected
 */
export function metricsAddress(text = process.env['DR_METRICS_ADDRESS']): Address | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits !== undefined && port > 0 && port < 65_536) return { host: bracketed ?? plain ?? loopback, port };
  throw new Error(
    `environment variable DR_METRICS_ADDRESS is "${text}", expected a port from 1 to 65535 or an address and a port, such as 127.0.0.1:9464`,
  );
}

/** As the variable wants it. */
export const addressText = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * Workers of one machine that share a setting: the first answers at the address itself, each other at one of the ports that
 * follow. undefined: nothing is answered, or there is no such port any more.
 */
export function addressOf(index: number, text = process.env['DR_METRICS_ADDRESS']): string | undefined {
  const first = metricsAddress(text);
  if (!first || first.port + index > 65_535) return undefined;
  return addressText({ ...first, port: first.port + index });
}

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks, milliseconds: a server that is just being started anew is there at the second. */
const secondLookMs = 300;

/**
 * Whether nobody listens at an address, twice in a row. Only an answer counts (the machine refuses the connection); what is silent,
 * has another form than host:port, or is reached through a proxy is left to gRPC, which tries for all of its time.
 */
export async function nobodyListens(address: string): Promise<boolean> {
  if (['grpc_proxy', 'https_proxy', 'http_proxy'].some((name) => process.env[name])) return false;
  const target = URL.canParse(`tcp://${address}`) ? new URL(`tcp://${address}`) : undefined;
  if (!target?.hostname || !target.port) return false;
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (!(await refuses(host, Number(target.port)))) return false;
  await sleep(secondLookMs);
  return refuses(host, Number(target.port));
}

function refuses(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const answer = (refused: boolean): void => {
      socket.destroy();
      resolve(refused);
    };
    socket.once('connect', () => answer(false));
    socket.once('timeout', () => answer(false));
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED'));
  });
}

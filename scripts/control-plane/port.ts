/** Ports of this machine: whether somebody listens, and who may be taken to be the one that does. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether something listens on a port. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/**
 * The sentence about the first of these ports that another program listens on; undefined when all are free. Asked before a
 * child that shall listen is started: afterwards an answer would not say whose it is.
 *
 * @param wanted port by the variable that chooses it
 */
export async function taken(wanted: Record<string, number>): Promise<string | undefined> {
  for (const [variable, port] of Object.entries(wanted))
    if (await answers(port))
      return `port ${port} of 127.0.0.1 is taken by another program (\`ss -ltnp\` names it): stop that program, or set ${variable} to a free port`;
  return undefined;
}

/** Waits until a port answers. @returns false when the child that shall listen there is gone first, whoever answers */
export async function listens(port: number, alive: () => boolean): Promise<boolean> {
  while (alive()) {
    if (await answers(port)) return alive();
    await sleep(50);
  }
  return false;
}

import { connect } from 'node:net';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { findService } from '../shared/containers';
import { execIn } from '../shared/exec';
import { hostOf } from '../shared/new-connection';

export interface ConnectAnswer {
  /** `host:port` that was tried. */
  address: string;
  /** Service whose container tried; undefined: this worker. */
  from?: string;
  /** `unknown`: the try itself did not work, which proves nothing. */
  answer: 'connected' | 'refused' | 'no answer' | 'no such host' | 'unknown';
}

/** How long a connect may hang before it counts as no answer. A listening server on this network answers in microseconds. */
const waitMs = 200;

/** Tries to connect to the database's published port from here. */
export const connectFromHere = (at: DatabaseAt): Promise<ConnectAnswer> => fromHere(hostOf(at.site), at.database.port);

/**
 * Tries to connect to the database's port the ways a client could: on the machine's published port from here, and on the
 * old address and the service name from the pooler's container, which is in the clients' network.
 */
export async function connectAnswers(at: DatabaseAt, oldAddress: string | undefined): Promise<ConnectAnswer[]> {
  return (await Promise.all([connectFromHere(at), fromPooler(at, oldAddress)])).flat();
}

/** The answers in a line, for a proof or a failure: `postgres:5432 from pgbouncer: refused; …`. */
export const describeAnswers = (answers: ConnectAnswer[]): string =>
  answers.map((one) => `${one.address}${one.from ? ` from ${one.from}` : ''}: ${one.answer}`).join('; ');

function fromHere(host: string, port: number): Promise<ConnectAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: waitMs });
    const answer = (value: ConnectAnswer['answer']): void => {
      socket.destroy();
      resolve({ address: `${host}:${port}`, answer: value });
    };
    socket.once('connect', () => answer('connected'));
    socket.once('timeout', () => answer('no answer'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      answer(error.code === 'ECONNREFUSED' ? 'refused' : 'no answer'),
    );
  });
}

// Only what the kernel called a refusal is one: a program that is missing (127) or died must not read as a closed port.
// Fixed text, data as arguments. bash opens TCP connections by itself, so the pooler's image needs no other program.
const script = `for host in "$@"; do
  { said=$(LC_ALL=C timeout 0.15 bash -c 'exec 3<>"/dev/tcp/$0/5432"' "$host" 2>&1)
  case "$? $said" in
    "0 "*) echo "$host connected";;
    "124 "* | *"No route to host"* | *"timed out"*) echo "$host no answer";;
    *"Connection refused"*) echo "$host refused";;
    *"not known"* | *"name resolution"*) echo "$host no such host";;
    *) echo "$host unknown";;
  esac; } &
done
wait`;

async function fromPooler(at: DatabaseAt, oldAddress: string | undefined): Promise<ConnectAnswer[]> {
  const { service } = at.database.pooler;
  const pooler = await findService(at.site, service);
  if (!pooler?.State.Running) return [];
  const hosts = [at.database.service, ...(oldAddress ? [oldAddress] : [])];
  const result = await execIn(at.site, pooler.Id, ['bash', '-c', script, 'bash', ...hosts], {
    timeoutMs: 10_000,
  }).catch(() => undefined);
  return hosts.map((host) => {
    const line = result?.stdout.split('\n').find((one) => one.startsWith(`${host} `));
    const answer = (line?.slice(host.length + 1) ?? 'unknown') as ConnectAnswer['answer'];
    return { address: `${host}:5432`, from: service, answer };
  });
}

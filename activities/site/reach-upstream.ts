import { cancellationSignal } from '@temporalio/activity';
import type { MemberAt } from '../../workflows/contracts/cluster';
import { problemOf } from '../../workflows/contracts/errors';
import type { UpstreamReach } from '../../workflows/contracts/site';
import { findService } from '../shared/containers';
import { withEnginePatience } from '../shared/engine';
import { execIn } from '../shared/exec';
import { queryJson } from '../shared/psql';

/** The standby and its engine are of the site that works, busy or not: they are waited for, milliseconds. */
const ownPatienceMs = 5_000;

// The setting holds the password as well: only the host and the port leave the server.
const upstreamSql = `SELECT json_build_object(
  'host', (regexp_match(current_setting('primary_conninfo'), '\\mhost\\s*=\\s*''?([^ '']+)'))[1],
  'port', coalesce((regexp_match(current_setting('primary_conninfo'), '\\mport\\s*=\\s*''?([0-9]+)'))[1], '5432'))`;

// pg_isready (PostgreSQL manual, "Exit Status"): 0 takes connections, 1 rejects them, 2 no answer.
const words = ['takes connections', 'is there and rejects connections', 'does not answer'];

/**
 * Whether the server that a standby follows takes connections, asked over the network and by the address that the standby itself
 * uses. Changes nothing; that nothing can be asked is an answer.
 */
export async function reachUpstream({ site, service }: MemberAt): Promise<UpstreamReach> {
  const signal = cancellationSignal();
  try {
    const info = await withEnginePatience(ownPatienceMs, () => findService(site, service));
    if (!info?.State.Running) return { answers: false, says: `${service} does not run: nobody can ask from there` };
    const options = { signal, timeoutMs: ownPatienceMs };
    const { host, port } = await queryJson<{ host: string | null; port: string }>(site, info.Id, upstreamSql, options);
    if (host === null) return { answers: false, says: `${service} follows no server` };
    // A second: what has not answered by then counts as what does not answer.
    const command = ['pg_isready', '-q', '-h', host, '-p', port, '-t', '1'];
    const { exitCode } = await execIn(site, info.Id, command, { signal, timeoutMs: ownPatienceMs });
    return {
      answers: exitCode === 0,
      says: `${host}:${port}, asked from ${service}, ${words[exitCode] ?? `could not be asked (pg_isready ended with ${exitCode})`}`,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { answers: false, says: `it could not be asked from ${service}: ${problemOf(error).message}` };
  }
}

import type { Database } from './database';
import type { Metrics } from './metrics';

const EVERY_MS = 1000;
const PRUNE_EVERY = 60;

/**
 * Writes one row a second through the same path as every order, with the address of the server that took it.
 * Failures are not retried: the hole they leave is the measure of the outage. Rows older than an hour are removed.
 */
export function heartbeat(database: Database, metrics: Metrics): () => void {
  let stopped = false;
  let beats = 0;
  let timer: NodeJS.Timeout | undefined;
  const beat = async (): Promise<void> => {
    const began = Date.now();
    try {
      await database.rows('INSERT INTO dr_heartbeat (node) VALUES (host(inet_server_addr()))');
      metrics.gauge('heartbeat_last_success_seconds', 'Time of the last heartbeat written', Date.now() / 1000);
      if (++beats % PRUNE_EVERY === 0)
        await database.rows(`DELETE FROM dr_heartbeat WHERE at < now() - interval '1 hour'`);
    } catch {
      // the next beat tries again
    }
    if (!stopped) timer = setTimeout(() => void beat(), Math.max(0, EVERY_MS - (Date.now() - began)));
  };
  void beat();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

/**
 * How long a worker waits for a server that is not there yet, milliseconds. Ending instead would leave it to whoever restarts
 * it, and Docker waits up to a minute between two tries.
 */
const patience = 60_000;
const pause = 500;

/**
 * Connects as the `temporal` CLI would: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_TLS_*`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_PROFILE` and its TOML file. There is no configuration of our own for that.
 * @throws when the server has not answered within a minute
 */
export async function connect(): Promise<{ connection: NativeConnection; namespace: string }> {
  const config = loadClientConnectConfig();
  const end = Date.now() + patience;
  for (;;) {
    try {
      const connection = await NativeConnection.connect(config.connectionOptions);
      return { connection, namespace: config.namespace ?? 'default' };
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(pause);
    }
  }
}

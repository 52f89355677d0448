/** Patroni's knobs, seconds. */
export interface Timing {
  ttl: number;
  loop: number;
}

/**
 * A node's configuration, in JSON (which is YAML): Patroni takes it whole from the environment variable
 * PATRONI_CONFIGURATION (its manual, "Environment Configuration Settings"). What is not named here is Patroni's default.
 * @param scope name of the cluster @param node its name, under which the others reach it @param store host of etcd
 */
export function configuration(
  scope: string,
  node: string,
  store: string,
  { ttl, loop }: Timing,
  secrets: Record<'PG_PASSWORD' | 'REPLICATION_PASSWORD', string>,
): string {
  return JSON.stringify({
    scope,
    name: node,
    restapi: { listen: '0.0.0.0:8008', connect_address: `${node}:8008` },
    etcd3: { hosts: `${store}:2379` },
    bootstrap: {
      dcs: {
        ttl,
        loop_wait: loop,
        // ttl ≥ loop_wait + 2 × retry_timeout, or Patroni makes it so (its manual, "Dynamic Configuration Settings").
        retry_timeout: Math.min(10, Math.floor((ttl - loop) / 2)),
        maximum_lag_on_failover: 1_048_576,
        postgresql: { use_pg_rewind: true, use_slots: true, parameters: settings },
      },
      initdb: [{ encoding: 'UTF8' }, 'data-checksums', { locale: 'C.UTF-8' }],
    },
    postgresql: {
      listen: '0.0.0.0:5432',
      connect_address: `${node}:5432`,
      data_dir: '/var/lib/postgresql/data/cluster',
      bin_dir: '/usr/lib/postgresql/15/bin',
      authentication: {
        superuser: { username: 'postgres', password: secrets.PG_PASSWORD },
        replication: { username: 'replicator', password: secrets.REPLICATION_PASSWORD },
      },
      pg_hba: [
        'local all all trust',
        'host replication replicator all scram-sha-256',
        'host all all all scram-sha-256',
      ],
      // pg_basebackup would otherwise wait up to two minutes for a checkpoint that is spread out.
      basebackup: [{ checkpoint: 'fast' }],
      callbacks: { on_role_change: '/usr/local/bin/on-role-change' },
    },
  });
}

/** As the platform's server has them. No archive: a promotion asks it for segments, so leaving it out is in Patroni's favour. */
const settings = {
  max_connections: 100,
  shared_buffers: '256MB',
  wal_level: 'replica',
  wal_log_hints: 'on',
  track_commit_timestamp: 'on',
  hot_standby: 'on',
  hot_standby_feedback: 'on',
  max_wal_senders: 10,
  max_replication_slots: 10,
  wal_keep_size: '512MB',
  wal_retrieve_retry_interval: '500ms',
  password_encryption: 'scram-sha-256',
};

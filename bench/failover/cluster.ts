import type { ClientConfig } from 'pg';

/** One server of a cluster, reached past the pooler. */
export interface Server {
  /** Name or id of its container. */
  container: string;
  /** Its own published port, with the clients' user. */
  address: ClientConfig;
}

/** Two servers, a pooler before them, and something that moves the clients: what is measured. */
export interface Cluster {
  /** As the table shows it. */
  title: string;
  /** Client path: the pooler. */
  clients: ClientConfig;
  /** The server that takes writes now, by what the cluster itself says. */
  primary(): Promise<Server>;
  /** Called right after the primary was killed: for what cannot notice that by itself. */
  told?(lost: Server): Promise<void>;
  /** Swaps the roles as planned, as its operator would. */
  switchOver?(): Promise<void>;
  /** Two good servers again, in whatever roles; returns when the standby follows. */
  restore(): Promise<void>;
}

/** Users, passwords and database are the platform's; only the port differs. */
export const clientOf = (port: number, password: string): ClientConfig => ({
  host: '127.0.0.1',
  port,
  database: 'theshandi_db',
  user: 'theshandi_user',
  password,
});

/** What `pg_controldata` says, and how to ask it of a data directory whose server does not run. */
import { randomBytes } from 'node:crypto';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { labels } from './containers';
import { onEngine } from './engine';
import { execIn, type ExecResult } from './exec';
import { runOneShot } from './one-shot';

/** Facts of `global/pg_control` (PostgreSQL manual, pg_controldata). */
export interface ControlData {
  systemIdentifier: string;
  /** `shut down`, `in production`, `in archive recovery`, … */
  state: string;
  timeline: number;
  /** Of the latest checkpoint record; the end of WAL lies behind it unless the server was shut down. */
  checkpointLsn: string;
  /** Next transaction id with its epoch, as one number. */
  nextXid: string;
  checksums: boolean;
  settings: Record<string, number>;
}

/** Reads the output of `pg_controldata` (messages in English). */
export function parseControlData(text: string): ControlData {
  const lines = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) lines.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const need = (name: string): string => {
    const value = lines.get(name);
    if (value === undefined)
      throw drFailure(
        'DR-TOOL',
        `pg_controldata printed no line "${name}"; it printed ${JSON.stringify(text.slice(0, 300))}`,
      );
    return value;
  };
  const [epoch, xid] = need("Latest checkpoint's NextXID").split(':');
  const settings: Record<string, number> = {};
  for (const [name, value] of lines) {
    const setting = /^(max_\w+) setting$/.exec(name)?.[1];
    if (setting)
      settings[setting === 'max_prepared_xacts' ? 'max_prepared_transactions' : nameOf(setting)] = Number(value);
  }
  return {
    systemIdentifier: need('Database system identifier'),
    state: need('Database cluster state'),
    // A standby that was rewound, or has followed a promotion, is past its last checkpoint: recovery has to reach that timeline.
    timeline: Math.max(
      Number(need("Latest checkpoint's TimeLineID")),
      Number(lines.get("Min recovery ending loc's timeline") ?? 0),
    ),
    checkpointLsn: need('Latest checkpoint location'),
    nextXid: String((BigInt(epoch ?? 0) << 32n) + BigInt(xid ?? 0)),
    checksums: need('Data page checksum version') !== '0',
    settings,
  };
}

/**
 * Whether the cluster was shut down in order as a primary: only then does its last checkpoint lie at the end of its WAL.
 * After a crash, and on a standby, WAL goes on behind it (PostgreSQL source, DBState).
 */
export const wasShutDown = (facts: Pick<ControlData, 'state'>): boolean => facts.state === 'shut down';

/** pg_controldata shortens one more name. */
const nameOf = (setting: string): string => (setting === 'max_locks_per_xact' ? 'max_locks_per_transaction' : setting);

export interface ColdFacts extends ControlData {
  /** Size of the data directory. */
  bytes: number;
  /** Content of PG_VERSION: the major version. */
  version: string;
  tablespaces: string[];
}

// The text is fixed; the directory arrives as "$1". LC_ALL=C: the output is parsed.
const script = `export LC_ALL=C TZ=UTC
cd "$1" && pg_controldata -D "$1" && echo "dr version: $(cat PG_VERSION)" &&
echo "dr bytes: $(du -sb . 2>/dev/null | cut -f1)" && for one in pg_tblspc/*; do [ ! -L "$one" ] || echo "dr tablespace $one: $(readlink "$one")"; done`;

interface Where {
  image: string;
  volume: string;
  dataDirectory: string;
  signal?: AbortSignal;
}

/**
 * Facts of a data volume, read-only, from a container without network: the toolbox of a run, else a one-shot. Safe on the volume of a dead server;
 * on that of a running one they are merely a little old.
 */
export async function readColdVolume(site: Site, at: Where): Promise<ColdFacts> {
  const command = ['sh', '-c', script, 'sh', at.dataDirectory];
  const signal = at.signal ? { signal: at.signal } : {};
  const toolbox = await toolboxWith(site, at.volume, at.dataDirectory);
  const result = toolbox
    ? await execIn(site, toolbox, command, { user: 'postgres', ...signal })
    : await readByOneShot(site, at, command);
  if (result.exitCode !== 0)
    throw drFailure(
      'DR-TOOL',
      `pg_controldata on volume ${at.volume} ended with ${result.exitCode}: ${result.stderr.trim().slice(-300)}`,
    );
  const line = (name: string): string => new RegExp(`^dr ${name}: (.*)$`, 'm').exec(result.stdout)?.[1]?.trim() ?? '';
  return {
    ...parseControlData(result.stdout),
    bytes: Number(line('bytes')),
    version: line('version'),
    tablespaces: [...result.stdout.matchAll(/^dr tablespace .*: (.*)$/gm)].map((match) => match[1] ?? ''),
  };
}

function readByOneShot(site: Site, at: Where, command: string[]): Promise<ExecResult> {
  return runOneShot(site, {
    name: `${site.compose.project}-dr-controldata-${randomBytes(4).toString('hex')}`,
    image: at.image,
    command,
    user: 'postgres',
    binds: [`${at.volume}:${at.dataDirectory}:ro`],
    labels: { [labels.role]: 'controldata', [labels.platform]: site.compose.project },
    ...(at.signal ? { signal: at.signal } : {}),
  });
}

/** A toolbox that has the volume mounted already: a question to it takes a tenth of a new container. */
async function toolboxWith(site: Site, volume: string, dataDirectory: string): Promise<string | undefined> {
  const found = await onEngine(site, `looking for a toolbox with volume ${volume}`, (engine) =>
    engine.listContainers({ filters: { label: [`${labels.role}=toolbox`], volume: [volume], status: ['running'] } }),
  );
  return found.find((one) => one.Mounts.some((mount) => mount.Name === volume && mount.Destination === dataDirectory))
    ?.Id;
}

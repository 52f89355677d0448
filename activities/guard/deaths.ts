/** What the engine tells of the primary's container by itself: the quickest news of its death, and what that news is worth. */
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { ProbeAnswer, Round } from '../../workflows/contracts/guard';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { findService } from '../shared/containers';
import { begun, patientEngineOf, withEnginePatience } from '../shared/engine';
import { stateWords } from './probes';

/** Events of the engine that may mean the end of the primary (Docker Engine API, "SystemEvents"). */
const fatal = ['die', 'oom', 'destroy', 'pause'];

export interface Death {
  /** The engine's word for it. */
  action: string;
  /** The container has exited and will not be started again by its restart policy: the engine need not be asked. */
  exited?: { answer: ProbeAnswer; container: NonNullable<Round['container']> };
}

/** The first event of the primary's container that may mean its end. An engine that tells nothing is no fault of the primary. */
export async function deaths(
  args: DatabaseAt,
  signal: AbortSignal,
): Promise<{ first: Promise<Death>; stop: () => void } | undefined> {
  try {
    // An engine that hangs must not keep the observer from looking by its other ways.
    const watched = await withEnginePatience(args.database.failover.probeTimeout, async () => {
      const info = await findService(args.site, args.database.service);
      if (!info) return undefined;
      const filters = { type: ['container' as const], container: [info.Id], event: [...fatal, 'kill'] };
      const stream = (await begun(patientEngineOf(args.site).getEvents({ filters }))) as Readable;
      const { StopSignal } = info.Config as { StopSignal?: string };
      const ends = ['9', signalNumber(StopSignal)];
      return { stream, restartPolicy: info.HostConfig.RestartPolicy?.Name ?? '', ends };
    });
    if (!watched) return undefined;
    const { stream, restartPolicy, ends } = watched;
    const first = new Promise<Death>((resolve) => {
      const listener = new EventListener(restartPolicy, ends, resolve);
      stream.on('data', (chunk: Buffer) => listener.heard(chunk.toString('utf8')));
      stream.on('error', () => undefined);
    });
    const stop = (): void => void stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    return { first, stop };
  } catch {
    return undefined;
  }
}

/** A line that is none of the engine's events is told as one: the look that follows says what it means. */
function parsed(line: string): EngineEvent {
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return { Action: 'an event' };
  }
}

/** The engine names a stop signal as the image does: `SIGINT`, `INT` or a number; none is SIGTERM. */
function signalNumber(name = 'SIGTERM'): string {
  const known = constants.signals as Record<string, number | undefined>;
  return /^\d+$/.test(name) ? name : String(known[name] ?? known[`SIG${name}`] ?? constants.signals.SIGTERM);
}

interface EngineEvent {
  Action?: string;
  Actor?: { Attributes?: Record<string, string> };
}

/**
 * Tells a death from what comes before it. The engine says "die" a tenth of a second before it answers questions about the
 * container again; whether it starts the container once more depends on its restart policy, and on whether somebody has told
 * the engine to kill or stop it (Docker manual, "Start containers automatically"): then it does not, and nothing need be asked.
 */
export class EventListener {
  private told = false;
  private oom = false;
  private rest = '';

  constructor(
    private readonly restartPolicy: string,
    /** Numbers of the signals after which the engine does not start it again: SIGKILL, and its own stop signal. */
    private readonly ends: string[],
    private readonly died: (death: Death) => void,
  ) {}

  /** Takes what the engine sent: one JSON object per line, in pieces of any size. */
  heard(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines.filter((one) => one.trim() !== '')) this.event(parsed(line));
  }

  private event({ Action, Actor }: EngineEvent): void {
    const { signal, exitCode } = Actor?.Attributes ?? {};
    // What was told to end by hand stays ended under `unless-stopped`; under the others only when it was by these signals.
    if (Action === 'kill') this.told ||= this.ends.includes(signal ?? '');
    if (Action === 'oom') this.oom = true;
    if (!Action || Action === 'kill') return;
    const stays = this.told || this.restartPolicy === 'no';
    if (Action !== 'die' || !stays || exitCode === undefined) return this.died({ action: Action });
    const container = {
      exists: true,
      running: false,
      paused: false,
      exitCode: Number(exitCode),
      oomKilled: this.oom,
      restartPolicy: this.restartPolicy,
    };
    const answer: ProbeAnswer = { probe: 'engine', answer: 'ok', says: stateWords(container), tookMs: 0 };
    this.died({ action: Action, exited: { answer, container } });
  }
}

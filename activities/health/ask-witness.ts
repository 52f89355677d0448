import { z } from 'zod';
import type { Witness } from '../../plan';
import type { DatabaseAt, Testimony } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { withLimit } from '../shared/limit';

export interface AskWitnessArgs extends DatabaseAt {
  witness: Witness;
  /** The target where it is a time, else the last commit that was kept; UTC. What was acknowledged up to it must be there. */
  until?: string;
  /** From when on commits may be lost, until the clients were let in again: a failover that could salvage nothing; UTC. */
  doubtFrom?: string;
  /** When the clients were let in again; UTC. What was acknowledged from then on must be there. Absent: all must be. */
  resumedAt?: string;
}

const answerSchema = z.object({
  ok: z.boolean(),
  summary: z.string().max(500),
  facts: z
    .array(z.object({ label: z.string().max(100), value: z.string().max(1000) }))
    .max(50)
    .default([]),
});

/**
 * Asks an outside client whether the rows that were acknowledged to it are there. Nobody listening is an answer unless the
 * plan requires the witness; anything it says is passed on, its verdict is judged by the procedure.
 * @throws DR-WITNESS when a required witness is silent, or when one answers in another form
 */
export async function askWitness(args: AskWitnessArgs): Promise<Testimony> {
  const { name, host, port, path, timeout, required } = args.witness;
  return withHeartbeat(`asking witness ${name}`, async (_beat, signal) => {
    const url = new URL(`http://${host}:${port}${path}`);
    if (args.until) url.searchParams.set('until', args.until);
    if (args.doubtFrom) url.searchParams.set('doubtFrom', args.doubtFrom);
    if (args.resumedAt) url.searchParams.set('resumedAt', args.resumedAt);
    let text: string;
    try {
      text = await withLimit(signal, timeout, async (limited) => (await fetch(url, { signal: limited })).text());
    } catch (error) {
      signal.throwIfAborted();
      const summary = `witness ${name} at ${host}:${port} did not answer: ${reason(error)}`;
      if (required) throw drFailure('DR-WITNESS', summary, { retry: true });
      return { witness: name, answered: false, ok: true, summary, facts: [] };
    }
    const parsed = answerSchema.safeParse(parseJson(text));
    if (!parsed.success)
      throw drFailure(
        'DR-WITNESS',
        `witness ${name} at ${host}:${port} answered ${JSON.stringify(text.slice(0, 200))}, expected {"ok","summary","facts"}`,
      );
    return { witness: name, answered: true, ...parsed.data };
  });
}

/** The cause says "connection refused"; the error itself only "fetch failed". */
function reason(error: unknown): string {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? (error as Error).message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

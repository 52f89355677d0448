import type { ServiceFacts } from '../contracts/service';
import type { Run } from '../kernel/run';
import type { ServiceContext } from './context';

/** Keeps the end of its log as evidence: a container that is made anew takes it along. */
export async function keepLog(run: Run, { at, on }: ServiceContext, { container }: ServiceFacts): Promise<void> {
  if (!container) return;
  const kept = await run.optional(
    'Keep its log',
    () => on.brief.keepServiceLog({ ...at, containerId: container.id, startedAt: container.startedAt }),
    (log) => log.problem ?? (log.lastLine ? `its last line: ${log.lastLine}` : 'it has said nothing'),
  );
  if (kept?.evidence) run.evidence(kept.evidence);
}

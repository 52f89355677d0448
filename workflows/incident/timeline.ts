/** Beside the response: by when people are told something, and who is reminded when they were not. */
import { condition } from '@temporalio/workflow';
import { clockTime } from './clock';
import type { Incident } from './state';

/** Waits from one due update to the next, until none is due any more. It reminds, and holds nothing up. */
export async function keepTime(incident: Incident): Promise<void> {
  for (;;) {
    const due = incident.nextUpdateAt;
    if (due === undefined) return;
    const moved = (): boolean => incident.nextUpdateAt !== due;
    if (Number.isFinite(due) && (await condition(moved, Math.max(1, due - Date.now())))) continue;
    if (!Number.isFinite(due)) {
      await condition(moved);
      continue;
    }
    incident.missed += 1;
    const when = clockTime(due, Date.now());
    incident.run.record.note('clock', `the update due by ${when} was not given: on-call is reminded`);
    incident.telling?.reminded(when);
    incident.schedule(due, false);
  }
}

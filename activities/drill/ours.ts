import type { DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';

/**
 * Second line of everything that damages: it is the copy that is meant, and never what serves.
 * @throws DR-DRILL (never retried)
 */
export function demandCopy({ site, drills }: DrillCopy): void {
  if (site.compose.project === drills.project) return;
  throw drFailure(
    'DR-DRILL',
    `asked to damage project ${site.compose.project}, which is not the copy of drills (${drills.project})`,
  );
}

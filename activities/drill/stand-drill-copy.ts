import type { CopyCommand, DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { copyLeft } from './copy-left';
import { copyProgram } from './copy-program';

/**
 * Brings the copy up with the plan's own program. Safe to run again: what is there is left, what is missing is made.
 * @throws DR-DRILL when it fails, or no container of the project is there afterwards
 */
export async function standDrillCopy(copy: DrillCopy): Promise<CopyCommand> {
  return withHeartbeat(`bringing up ${copy.drills.project}`, async (_beat, signal) => {
    const ended = await copyProgram(copy, 'up', signal);
    const { containers } = await copyLeft(copy);
    if (containers.length === 0)
      throw drFailure(
        'DR-DRILL',
        `drills.up of the plan ended well, and project ${copy.drills.project} has no container`,
      );
    return ended;
  });
}

import type { CopyCommand, DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { copyLeft } from './copy-left';
import { copyProgram } from './copy-program';

/**
 * Removes the copy with the plan's own program. Safe to run again.
 * @returns null: there was nothing
 * @throws DR-DRILL when it fails, or something of the project is there afterwards
 */
export async function removeDrillCopy(copy: DrillCopy): Promise<CopyCommand | null> {
  return withHeartbeat(`removing ${copy.drills.project}`, async (_beat, signal) => {
    const before = await copyLeft(copy);
    if (before.containers.length + before.volumes.length === 0) return null;
    const ended = await copyProgram(copy, 'down', signal);
    const { containers, volumes } = await copyLeft(copy);
    const left = [...containers, ...volumes];
    if (left.length > 0)
      throw drFailure(
        'DR-DRILL',
        `drills.down of the plan ended well, and these of project ${copy.drills.project} are still there: ${left.join(', ').slice(0, 400)}`,
      );
    return ended;
  });
}

import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { listServices } from '../shared/project';
import { demandCopy } from './ours';

export interface KillEverything extends DrillCopy {
  approval: ApprovalReference;
}

/**
 * Plants the loss of everything in the copy: SIGKILL to each of its containers. Safe to run again.
 * @returns the services that were killed
 * @throws DR-APPROVAL-MISSING, DR-DRILL when it is not the copy's, or one of them runs on
 */
export async function killEverything(args: KillEverything): Promise<string[]> {
  demandApproval(args.approval);
  demandCopy(args);
  const { site } = args;
  const running = async (): Promise<[string, string][]> =>
    [...(await listServices(site))].filter(([, { State }]) => State === 'running').map(([name, { Id }]) => [name, Id]);
  return withHeartbeat(`killing everything of ${site.compose.project}`, async () => {
    const found = await running();
    await Promise.all(
      found.map(([name, id]) =>
        onEngine(site, `killing ${name}`, () =>
          engineOf(site)
            .getContainer(id)
            .kill({ signal: 'SIGKILL' })
            .catch((error: unknown) => {
              // 404, 409: it is gone, or does not run.
              if (![404, 409].includes(engineStatus(error) ?? 0)) throw error;
            }),
        ),
      ),
    );
    const left = await running();
    if (left.length > 0)
      throw drFailure('DR-DRILL', `killed, and running: ${left.map(([name]) => name).join(', ')}`, { retry: true });
    return found.map(([name]) => name).sort();
  });
}

import { recoveryLock, serviceResource } from '../../workflows/contracts/names';
import { serviceRecoveryInputSchema } from '../../workflows/contracts/service';
import { checkService } from '../lib/against-plan';
import type { Context } from '../lib/context';
import { inputFault } from '../lib/fault';
import { inputOf } from '../lib/input';
import { followOptions } from '../lib/options';
import { startAndFollow } from '../lib/start';
import { serviceFields as fields } from './recover';

const argument = 'Argument <name>';

/**
 * `dr recover service`: starts the recovery of a service and follows it.
 * @returns the exit code that says how it stands
 * @throws Fault naming every wrong value at once, before anything is started
 */
export async function recoverService(
  context: Context,
  service: string,
  options: Record<string, unknown>,
): Promise<number> {
  const faults: string[] = [];
  const given = { options, fields, rest: { service }, names: { service: argument } };
  const input = inputOf(serviceRecoveryInputSchema, given, faults);
  const following = followOptions(options, faults);
  await checkService({ argument, service }, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'recover service');
  const resource = serviceResource(input.service);
  return startAndFollow(
    context,
    {
      procedure: 'serviceRecovery',
      workflowId: recoveryLock(resource),
      resource,
      summary: `recover ${resource}`,
      input,
    },
    { detach: options['detach'] === true, ...following },
  );
}

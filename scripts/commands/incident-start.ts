import { incidentResponseInputSchema } from '../../workflows/contracts/incident';
import { isolateServiceInputSchema } from '../../workflows/contracts/isolation';
import { incidentLock, incidentResource, recoveryLock, serviceResource } from '../../workflows/contracts/names';
import type { Context } from '../lib/context';
import { inputFault } from '../lib/fault';
import { inputOf } from '../lib/input';
import { followOptions } from '../lib/options';
import { startAndFollow } from '../lib/start';
import { incidentFields, isolateFields } from './incident';

type Options = Record<string, unknown>;

/** `2026-11-22-172924`: a name that nobody has to think of. */
const moment = (): string => new Date().toISOString().slice(0, 19).replace('T', '-').replace(/:/g, '');

/** `incident open`: starts it, and follows it. @throws Fault naming every wrong value, before anybody is told */
export async function openIncident(context: Context, given: string | undefined, options: Options): Promise<number> {
  const incident = (given ?? moment()).replace(/^incident\./, '');
  const faults: string[] = [];
  const suspects = options['suspect'] as string[];
  const input = inputOf(
    incidentResponseInputSchema,
    {
      options,
      fields: incidentFields,
      rest: { incident, suspects },
      names: {
        incident: 'Argument <incident>',
        ...Object.fromEntries(suspects.map((_, at) => [`suspects.${at}`, '--suspect'])),
      },
    },
    faults,
  );
  const following = followOptions(options, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'incident open');
  const start = {
    procedure: 'incidentResponse',
    workflowId: incidentLock(incident),
    resource: incidentResource(incident),
    summary: `incident ${incident}`,
    input,
  } as const;
  return startAndFollow(context, start, { detach: options['detach'] === true, ...following });
}

/** `isolate`: starts it, and follows it to its card. */
export async function isolate(context: Context, service: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const names = { service: 'Argument <service>' };
  const input = inputOf(
    isolateServiceInputSchema,
    { options, fields: isolateFields, rest: { service }, names },
    faults,
  );
  const following = followOptions(options, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'isolate');
  const resource = serviceResource(service);
  const start = {
    procedure: 'isolateService',
    workflowId: recoveryLock(resource),
    resource,
    summary: `isolate ${resource}`,
    input,
  } as const;
  return startAndFollow(context, start, { detach: options['detach'] === true, ...following });
}

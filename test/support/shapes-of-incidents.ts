/** The shapes that incidents and isolations can have; `save-histories` keeps one of each. */
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { incidentQuery, type IncidentView } from '../../workflows/contracts/incident';
import { controlQueue } from '../../workflows/contracts/names';
import { killOrderService } from './fake-incident';
import type { House } from './house';
import { approve, openCard, seen, until, untilChildWaits } from './runs';
import type { Shape } from './shapes';

const word = { by: 'on-call', reason: 'saved history' };

const open = (house: House, input = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
  house.client.workflow.start('incidentResponse', {
    taskQueue: controlQueue,
    workflowId: 'incident.inc-1',
    args: [{ incident: 'inc-1', reason: 'test', by: 'tester', ...input }],
  });

const inState = async (handle: WorkflowHandleWithFirstExecutionRunId, state: IncidentView['state']): Promise<void> => {
  for (;;) {
    const view = await handle.query(incidentQuery).catch(() => undefined);
    if (view?.state === state) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const end = async (handle: WorkflowHandleWithFirstExecutionRunId): ReturnType<Shape> => {
  await handle.executeUpdate('declare', { args: [word] });
  await inState(handle, 'reviewing');
  await handle.executeUpdate('review', { args: [{ by: 'on-call', findings: 'saved history' }] });
  return handle;
};

const incidents: Record<string, Shape> = {
  'by-policy-recovered': async (house, site) => {
    killOrderService(site);
    const handle = await open(house);
    await inState(handle, 'recovered');
    return end(handle);
  },
  'failed-then-by-hand': async (house, site) => {
    killOrderService(site);
    site.service.helps = [];
    const handle = await open(house, { tell: false });
    await untilChildWaits(handle);
    const child = house.client.workflow.getHandle('recover.service.order-service');
    await child.executeUpdate('abort', { args: [word] });
    await until(handle, 'waiting-approval');
    await handle.executeUpdate('choose', { args: [{ scenario: 'none', ...word }] });
    await inState(handle, 'by-hand');
    return end(handle);
  },
  rejected: async (house, site) => {
    killOrderService(site);
    const handle = await open(house, { ask: true });
    const card = openCard(await until(handle, 'waiting-approval'));
    await handle.executeUpdate('reject', { args: [{ card, ...word }] });
    return handle;
  },
};

const isolate = async (house: House): Promise<WorkflowHandleWithFirstExecutionRunId> => {
  const handle = await house.client.workflow.start('isolateService', {
    taskQueue: controlQueue,
    workflowId: 'recover.service.content-service',
    args: [{ service: 'content-service', reason: 'test', by: 'tester' }],
  });
  await approve(handle);
  await seen(handle, ({ task }) => task !== undefined);
  return handle;
};

const isolations: Record<string, Shape> = {
  lifted: async (house) => {
    const handle = await isolate(house);
    await handle.executeUpdate('lift', { args: [word] });
    return handle;
  },
  aborted: async (house) => {
    const handle = await isolate(house);
    await handle.executeUpdate('abort', { args: [word] });
    return handle;
  },
};

/** By the name of the procedure as it stands in the file's name. */
export const shapesOfIncidents: Record<string, Record<string, Shape>> = {
  'incident-response': incidents,
  'isolate-service': isolations,
};

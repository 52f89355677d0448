/** Posts one update to the status page: the page that the gateway serves, and the API of a page elsewhere. */
import type { Plan } from '../plan';
import { problemOf } from './contracts/errors';
import { incidentResource, statusLock } from './contracts/names';
import { got } from './contracts/people';
import type { Report } from './contracts/run-view';
import { postStatusInputSchema, type PostStatusInput, type StatusUpdate } from './contracts/status';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { siteActivities } from './kernel/site';
import { notifyActivities } from './people/proxies';
import type { Target } from './people/targets';
import { DeliveryLog, messageBase } from './people/tell';

/**
 * The procedure `postStatus`. @param input one JSON object: see `postStatusInputSchema`
 * @returns the report; a page or an API that did not take the update is a problem of it. An update that does not follow from
 *   what is on the page is refused
 */
export async function postStatus(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'postStatus',
      schema: postStatusInputSchema,
      describe: ({ incident, key, state, reason, by }) => ({
        resource: incidentResource(incident),
        lock: statusLock(incident, key),
        mode: 'status',
        summary: `post "${state}" of ${incident} to the status page: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: PostStatusInput, plan: Plan): Promise<Finished> {
  demandServices(run, input, plan);
  const { incident, key, state, message, title, components, from, until } = input;
  const update: StatusUpdate = {
    incident,
    key,
    state,
    message,
    at: new Date().toISOString(),
    components,
    ...(title === undefined ? {} : { title }),
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
  run.phase('Post');
  // The page of the platform first: it is quick, and it knows whether the update follows from what is there.
  const page = await postPage(run, plan, update);
  const log = new DeliveryLog(run);
  await log.tell([api(plan)], { ...update, title: page?.title ?? title ?? 'Service disruption' }, messageBase());
  const elsewhere = log.deliveries[0];
  const posted = page !== undefined || (elsewhere !== undefined && got(elsewhere));
  run.facts('Outcome', [
    {
      label: 'Posted',
      value: `${state}; page ${page ? (page.repeated ? 'had it already' : 'updated') : plan.channels.statusDirectory ? 'not updated' : 'not configured'}, API ${elsewhere?.state.replace('-', ' ') ?? ''}`,
    },
  ]);
  if (!posted)
    run.problem({
      code: 'DR-STATUS-PAGE',
      message: `"${state}" of ${incident} stands on no status page`,
      next: `Update ${plan.channels.statusPage} by hand, and mend what the problems above name.`,
    });
  return { verdict: 'none', result: { update, ...(page ? { page } : {}), deliveries: log.deliveries } };
}

/** A page that cannot be written is a problem of the report: the API elsewhere is told all the same. */
async function postPage(
  run: Run,
  plan: Plan,
  update: StatusUpdate,
): Promise<{ title: string; repeated: boolean } | undefined> {
  const { statusDirectory: directory } = plan.channels;
  if (directory === undefined) return undefined;
  const components = plan.services.map(({ name }) => name);
  const on = siteActivities(plan.gateway.site);
  const post = async (): Promise<{ title: string; repeated: boolean } | undefined> => {
    try {
      return await on.urgent.updateStatusPage({ directory, name: plan.organisation, components, update });
    } catch (error) {
      const { code, message, next = '' } = problemOf(error);
      if (isRefusal(error)) return run.refuse([{ code, message, next }]);
      if (code === 'DR-INTERNAL') throw error;
      run.problem({ code, message, next });
      return undefined;
    }
  };
  return run.change('Update the status page', post, {
    outcome: (page) => (page ? (page.repeated ? 'it had the update already' : `"${page.title}"`) : 'not updated'),
  });
}

/** It said no, rather than that it could not. */
function isRefusal(error: unknown): boolean {
  const cause = (error as { cause?: { type?: string; nonRetryable?: boolean } }).cause;
  return cause?.type === 'DR-STATUS-PAGE' && cause.nonRetryable === true;
}

function api(plan: Plan): Target<StatusUpdate & { title: string }> {
  const { statusPageApi: address, statusPageToken: token } = plan.channels;
  const on = notifyActivities(plan);
  return {
    channel: 'status-api',
    target: address === undefined ? '' : address.replace(/^https?:\/\/([^/]+).*$/, '$1'),
    ...(address !== undefined && {
      send: ({ title: name, state: status, message }, key) =>
        on.postStatusApi({ api: address, ...(token ? { token } : {}), name, status, message, key }),
    }),
  };
}

function demandServices(run: Run, { components }: PostStatusInput, plan: Plan): void {
  const known = plan.services.map(({ name }) => name);
  const unknown = components.filter(({ name }) => !known.includes(name));
  if (unknown.length === 0) return;
  run.refuse([
    {
      code: 'DR-UNKNOWN-SERVICE',
      message: `components of the input name ${unknown.map(({ name }) => `"${name}"`).join(', ')}, the plan has: ${known.join(', ')}`,
      next: 'Name services that `dr plan show` lists.',
    },
  ]);
}

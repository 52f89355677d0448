/** What an update makes of the status page. Pure: the same update on the same page gives the same page. */
import {
  componentStates,
  maintenanceStates,
  type ComponentState,
  type StatusDocument,
  type StatusIncident,
  type StatusUpdate,
} from '../../workflows/contracts/status';

/** Past incidents that stay on the page. */
const kept = 30;

/** A page on which nothing has happened yet. */
export const emptyDocument = (name: string, at: string): StatusDocument => ({
  version: 1,
  name,
  updatedAt: at,
  components: [],
  incidents: [],
});

const isMaintenance = (state: StatusUpdate['state']): boolean =>
  (maintenanceStates as readonly string[]).includes(state);

/** Whether it still says something about the components. */
export const isOpen = ({ state }: Pick<StatusIncident, 'state'>): boolean =>
  !['resolved', 'postmortem', 'completed'].includes(state);

/** Why the page cannot take an update; undefined when it can. */
export function objectionTo(document: StatusDocument, update: StatusUpdate): string | undefined {
  const { incident, key, state, message } = update;
  const found = document.incidents.find((one) => one.incident === incident);
  const kind = isMaintenance(state) ? 'maintenance' : 'incident';
  if (!found) {
    if (state === 'postmortem') return `incident ${incident} is not on the page, so it cannot be given a postmortem`;
    return undefined;
  }
  if (found.kind !== kind)
    return `${incident} is on the page as ${found.kind}, and "${state}" is a state of the other kind`;
  const same = found.updates.find((one) => one.key === key);
  if (same && (same.state !== state || same.message !== message))
    return `update ${key} of ${incident} is on the page already, with other words (${same.state}: ${same.message}); choose another key`;
  if (same) return undefined;
  if (state === 'postmortem' && !['resolved', 'postmortem'].includes(found.state))
    return `incident ${incident} is ${found.state}, and a postmortem follows "resolved"`;
  if (found.state === 'postmortem' && state !== 'postmortem')
    return `incident ${incident} has its postmortem; open another one for what happened since`;
  return undefined;
}

/**
 * Applies an update, whose objections were asked for before. One whose key is there already changes nothing. Updates are posted
 * by runs of their own, so an older one may come after a newer one: it takes its place in the list, and what the newer said holds.
 * @param components services of the plan, in their order
 */
export function withUpdate(document: StatusDocument, update: StatusUpdate, components: string[]): StatusDocument {
  const { incident, key, state, message, at, title, from, until } = update;
  const found = document.incidents.find((one) => one.incident === incident);
  if (found?.updates.some((one) => one.key === key)) return document;
  const kind = isMaintenance(state) ? 'maintenance' : 'incident';
  const late = found?.updates.some((one) => one.at > at) ?? false;
  const said = Object.fromEntries(update.components.map((one) => [one.name, one.state]));
  const begin = from ?? found?.from;
  const end = until ?? found?.until;
  const next: StatusIncident = {
    incident,
    kind,
    title: title ?? found?.title ?? (kind === 'maintenance' ? 'Maintenance' : 'Service disruption'),
    state: late && found ? found.state : state,
    components: late ? { ...said, ...found?.components } : { ...found?.components, ...said },
    ...(begin === undefined ? {} : { from: begin }),
    ...(end === undefined ? {} : { until: end }),
    updates: [...(found?.updates ?? []), { key, state, message, at }].sort((a, b) => a.at.localeCompare(b.at)),
  };
  const others = document.incidents.filter((one) => one.incident !== incident);
  const all = [next, ...others];
  const past = all.filter((one) => !isOpen(one)).slice(0, kept);
  const incidents = all.filter((one) => isOpen(one) || past.includes(one));
  return {
    ...document,
    updatedAt: late ? document.updatedAt : at,
    incidents,
    components: stateOfAll(components, incidents),
  };
}

/** A component is as bad as the worst that anything open says of it; what is over says nothing more. */
const stateOfAll = (components: string[], incidents: StatusIncident[]): StatusDocument['components'] =>
  components.map((name) => ({
    name,
    state: worst(
      incidents.filter((one) => isOpen(one) && one.state !== 'scheduled').map((one) => one.components[name]),
    ),
  }));

/** The worst of several states; well when there is none. */
export const worst = (states: (ComponentState | undefined)[]): ComponentState =>
  states.reduce<ComponentState>(
    (so, one) => (one && componentStates.indexOf(one) > componentStates.indexOf(so) ? one : so),
    'operational',
  );

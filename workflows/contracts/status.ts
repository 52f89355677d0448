/** The status page: what is posted, what stands on it. */
import { z } from 'zod';
import { startedBy } from './input';
import { incident, messageKey } from './people';

export const incidentStates = ['investigating', 'identified', 'monitoring', 'resolved', 'postmortem'] as const;
export const maintenanceStates = ['scheduled', 'in-progress', 'completed'] as const;
export const statusStates = [...incidentStates, ...maintenanceStates] as const;
export type StatusState = (typeof statusStates)[number];

/** From well to worst; a component shows the worst that anything open says of it. */
export const componentStates = ['operational', 'maintenance', 'degraded', 'partial-outage', 'major-outage'] as const;
export type ComponentState = (typeof componentStates)[number];

const moment = z.iso.datetime({ offset: true });

export const postStatusInputSchema = z
  .strictObject({
    incident,
    key: messageKey.describe(
      'name of this update; the same one posted again changes nothing. Part of the workflow id, e.g. 1 or database-serves',
    ),
    state: z
      .enum(statusStates, { error: `expected ${statusStates.join(', ')}` })
      .describe('of an incident: investigating … postmortem; of a maintenance: scheduled, in-progress, completed'),
    message: z.string().trim().min(1).max(2000).describe('what customers read'),
    title: z.string().trim().min(1).max(120).optional().describe('title of the incident; default: the one it has'),
    components: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('service of the plan'),
          state: z.enum(componentStates, { error: `expected ${componentStates.join(', ')}` }),
        }),
      )
      .max(100)
      .default([])
      .describe('how the services are; those not named stay as they were'),
    from: moment.optional().describe('when a maintenance begins'),
    until: moment.optional().describe('when a maintenance ends'),
    ...startedBy,
  })
  .superRefine((input, context) => {
    const fault = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const isMaintenance = (maintenanceStates as readonly string[]).includes(input.state);
    if (!isMaintenance && (input.from ?? input.until) !== undefined)
      fault(input.from === undefined ? 'until' : 'from', 'expected with a state of a maintenance only');
    if (input.from !== undefined && input.until !== undefined && Date.parse(input.until) <= Date.parse(input.from))
      fault('until', `expected a time later than ${input.from}`);
    if (input.state === 'scheduled')
      for (const name of ['from', 'until'] as const)
        if (input[name] === undefined) fault(name, 'expected the time, because a scheduled maintenance has both');
    const names = input.components.map((one) => one.name);
    if (new Set(names).size < names.length) fault('components', 'expected each service once');
  });
export type PostStatusInput = z.infer<typeof postStatusInputSchema>;

/** One update as it is posted. */
export interface StatusUpdate {
  incident: string;
  key: string;
  state: StatusState;
  message: string;
  /** UTC. */
  at: string;
  title?: string;
  components: { name: string; state: ComponentState }[];
  from?: string;
  until?: string;
}

const entry = z.strictObject({
  key: z.string(),
  state: z.enum(statusStates),
  message: z.string(),
  at: z.iso.datetime(),
});

/** An incident or a maintenance with its updates, oldest first. */
export const statusIncidentSchema = z.strictObject({
  incident: z.string(),
  kind: z.enum(['incident', 'maintenance']),
  title: z.string(),
  state: z.enum(statusStates),
  components: z.record(z.string(), z.enum(componentStates)),
  from: z.string().optional(),
  until: z.string().optional(),
  updates: z.array(entry),
});
export type StatusIncident = z.infer<typeof statusIncidentSchema>;

/** `status.json`: the truth behind the page, newest incident first. */
export const statusDocumentSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  updatedAt: z.iso.datetime(),
  components: z.array(z.strictObject({ name: z.string(), state: z.enum(componentStates) })),
  incidents: z.array(statusIncidentSchema),
});
export type StatusDocument = z.infer<typeof statusDocumentSchema>;

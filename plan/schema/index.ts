import { z } from 'zod';
import { approvalPolicy } from './approvals';
import { backups } from './backups';
import { path, text } from './common';
import { businessContinuity, emergency, maintenance, report, test } from './continuity';
import { database } from './databases';
import { drills } from './drills';
import { incidents } from './incidents';
import { objectives, tier } from './objectives';
import { channels, checklistPhase, communication, contact, onCall } from './people';
import { readiness } from './readiness';
import { resources } from './resources';
import { scenario } from './scenarios';
import { schedule } from './schedules';
import { service } from './services';
import { site, traffic } from './sites';
import { gateway, store } from './stores';
import { validation } from './validation';

const VERSION = "a version of three numbers, such as '1.0.0'";
const MONTH = "a month, such as '2025-01', or a day, such as '2025-01-15'";
const month = z.string({ error: MONTH }).regex(/^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/, { error: MONTH });

/**
 * The recovery plan as data. Strict: a key that is not known here is a fault, because a misspelt one would silently mean
 * its default. What no single field can know (references, cycles, ports used twice) is checked in `plan/checks`.
 */
export const planSchema = z.strictObject({
  version: z
    .string({ error: VERSION })
    .regex(/^\d+\.\d+\.\d+$/, { error: VERSION })
    .describe('Version of the plan document.'),
  name: text.describe('Title of the plan.'),
  organisation: text.describe('Whose plan it is.'),
  document: z
    .strictObject({
      lastUpdated: month.describe('When the plan was last changed.'),
      nextReview: month.describe('When it is reviewed next.'),
      approvedBy: text.describe('Role that approved it.'),
      distribution: text.describe('Who has it.'),
    })
    .describe('About the document.'),
  root: path
    .optional()
    .describe("Directory that the plan's relative paths start from, itself relative to the plan file. Default: '..'."),
  tiers: z.array(tier).min(1, { error: 'at least one tier' }).describe('Tiers, most critical first.'),
  objectives: objectives.describe('Objectives of the plan as a whole.'),
  scenarios: z.array(scenario).describe('Disasters the plan prepares for.'),
  sites: z.array(site).min(1, { error: 'at least one site' }).describe('Places that can fail as a whole.'),
  traffic: traffic
    .optional()
    .describe('How clients are sent to another site. Default: a person is told to do it, and nothing is looked up.'),
  services: z.array(service).min(1, { error: 'at least one service' }).describe('Services of the platform.'),
  databases: z.array(database).describe('Protected PostgreSQL databases.'),
  stores: z.array(store).prefault([]).describe('Stores beside the databases.'),
  gateway: gateway.describe('The gateway that all clients come through.'),
  backups: backups.describe('Backup policy.'),
  resources: resources.prefault({}).describe('When resources are exhausted, and what may be done then.'),
  validation: validation.prefault({}).describe('How a recovered platform is proven to do business.'),
  schedules: z.array(schedule).prefault([]).describe('Procedures that run by the clock.'),
  approvals: z.array(approvalPolicy).describe('Who may let a run pass which gate.'),
  communications: z.array(communication).prefault([]).describe('Who is told what, by phase.'),
  businessContinuity: businessContinuity.describe('How the business goes on meanwhile.'),
  emergencies: z.array(emergency).prefault([]).describe('What people do in a security incident or a data breach.'),
  tests: z.array(test).prefault([]).describe('How the plan is tested.'),
  contacts: z.array(contact).min(1, { error: 'at least one contact' }).describe('Whom to call.'),
  onCall: onCall.prefault({}).describe('How the on-call chain is called.'),
  channels: channels.describe('Where messages go.'),
  incidents: incidents.prefault({}).describe('How bad an incident is, and what is done about it.'),
  checklist: z.array(checklistPhase).prefault([]).describe('What people tick off, by phase.'),
  drills: drills.optional().describe('The copy of the platform that drills lose and recover. Default: no drills.'),
  readiness: readiness.prefault({}).describe('When a proof, or a certificate, deserves a look.'),
  reporting: z.array(report).prefault([]).describe('Reports that somebody expects.'),
  maintenance: maintenance.describe('How the plan is kept true.'),
});

/** The recovery plan as a program reads it: durations in milliseconds, sizes in bytes, defaults filled in. */
export type Plan = z.output<typeof planSchema>;
/** The recovery plan as it is written in YAML. */
export type PlanDocument = z.input<typeof planSchema>;

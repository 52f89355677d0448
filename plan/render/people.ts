import type { Plan } from '../schema';
import { formatDuration as time } from '../schema/duration';
import { bullets, section, table } from './table';

const NOT = 'not configured';

const itemText = (item: Plan['checklist'][number]['items'][number]): string =>
  typeof item === 'string' ? item : `${item.text} (ticked by milestone ${item.done})`;

/** Who decides, who is told, and what people do. */
export function renderPeople(plan: Plan): string[] {
  const { businessContinuity: business, channels } = plan;
  return [
    section('Schedules', table(['schedule', 'procedure', 'cron (UTC)', 'created', 'for'], scheduleRows(plan))),
    section('Approvals', table(['gate', 'who may approve', 'waits', 'then', 'facts may move by'], approvalRows(plan))),
    section('Contacts', table(['role', 'phone', 'e-mail', 'kind', 'order'], contactRows(plan))),
    section(
      'Channels',
      bullets([
        `E-mail ${channels.email}, ${channels.smtp ? `by ${channels.smtp.host}:${channels.smtp.port}` : NOT}`,
        `SMS ${channels.sms}, ${channels.twilio ? `by Twilio account ${channels.twilio.account}` : NOT}`,
        `Slack ${channels.slack}, ${channels.slackWebhook ? 'by its incoming webhook' : NOT}`,
        ...channels.webhooks.map(({ name, secret }) => `Webhook ${name}, ${secret ? 'signed' : 'not signed'}`),
        `Status page ${channels.statusPage}${channels.statusDirectory ? `, written to ${channels.statusDirectory}` : ''}`,
        `API of the status page: ${channels.statusPageApi ?? NOT}`,
      ]),
      `The on-call chain has ${time(plan.onCall.acknowledgeWithin)} per contact to acknowledge, in ${plan.onCall.rounds} round(s).`,
    ),
    section('Who is told what', ...plan.communications.map((item) => phase(item, item.actions))),
    section(
      'Business continuity',
      bullets(business.manualProcesses.map(({ area, process }) => `${area}: ${process}`)),
      `Maintenance mode is ${business.reducedFunctionality.variable}=${business.reducedFunctionality.on}; ` +
        `it keeps ${business.reducedFunctionality.essentialServices.join(', ')}.`,
      business.reducedFunctionality.gateway
        ? `The gateway is told by ${business.reducedFunctionality.gateway.maintenance} and ${business.reducedFunctionality.gateway.criticalOnly} in ${business.reducedFunctionality.gateway.directory}.`
        : 'The gateway cannot be told to serve less.',
    ),
    section(
      'Incidents',
      bullets(
        plan.incidents.severities.map(
          ({ name, title, tells, updateEvery, callOnCall }, index) =>
            `${name} (${title}): something of tier ${plan.tiers[index]?.name ?? 'below'}; an update every ${time(updateEvery)}, told as ${tells}${callOnCall ? ', the on-call chain is called' : ''}`,
        ),
      ),
      `Begins by itself: ${plan.incidents.automatic.join(', ') || 'nothing'}. Declared over ${plan.incidents.declareAutomatically ? 'by itself when verified' : 'by a person'}; reviewed within ${time(plan.incidents.reviewWithin)}.`,
    ),
    section('Emergencies', ...plan.emergencies.map(({ title, actions }) => `**${title}**\n\n${bullets(actions)}`)),
    section('Checklist', ...plan.checklist.map((item) => phase(item, item.items.map(itemText), '[ ] '))),
    section(
      'Tests',
      ...plan.tests.map(
        ({ name, cadence, steps }) => `**${name}${cadence ? '' : ' (when called for)'}**\n\n${bullets(steps)}`,
      ),
    ),
    section('Reports', bullets(plan.reporting.map(({ cadence, title }) => `${cadence}: ${title}`))),
    section(
      'Maintenance of the plan',
      bullets(plan.maintenance.reviews.map(({ cadence, subject }) => `${cadence}: ${subject}`)),
      bullets(plan.maintenance.updateTriggers.map((trigger) => `at once: ${trigger}`)),
      `A proof holds for ${time(plan.readiness.staleAfter)}, what is rehearsed less often for ${time(plan.readiness.staleAfterQuarterly)}; a certificate is named ${time(plan.readiness.certificateValidFor)} before it expires.`,
    ),
  ];
}

function scheduleRows(plan: Plan): string[][] {
  return plan.schedules.map((item) => [
    item.name,
    item.procedure,
    item.cron,
    item.enabled ? 'yes' : 'no',
    item.description,
  ]);
}

function approvalRows(plan: Plan): string[][] {
  return plan.approvals.map(({ gate, approvers, expires, onExpiry, driftTolerance }) => [
    gate,
    approvers.join(', '),
    time(expires),
    onExpiry,
    `${time(driftTolerance.seconds)}, ${driftTolerance.transactions} transactions`,
  ]);
}

function contactRows(plan: Plan): string[][] {
  const kinds = ['internal', 'external'];
  return [...plan.contacts]
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.order - b.order)
    .map(({ role, phone, email, kind, order }) => [role, phone, email ?? '', kind, String(order)]);
}

function phase(item: { title: string; from: number; to?: number | undefined }, lines: string[], mark = ''): string {
  const until = item.to === undefined ? `from ${time(item.from)}` : `${time(item.from)} to ${time(item.to)}`;
  return `**${item.title} (${until})**\n\n${bullets(lines.map((line) => `${mark}${line}`))}`;
}

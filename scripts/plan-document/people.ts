/** The sections of the plan document about places and people. Pure. */
import { formatDuration as time, type Plan } from '../../plan';
import type { ClaimSection } from '../../workflows/contracts/claims';
import { list, section, table, text, type Block, type DocumentSection } from './blocks';

/** Sites, the gateway, and how clients are sent elsewhere. */
export function renderReach({ sites, gateway, databases, traffic }: Plan): Block[] {
  return [
    table(
      ['site', 'role', 'Compose project', 'public name'],
      sites.map(({ name, role, compose, publicName }) => [name, role, compose.project, publicName ?? '']),
      'Sites',
    ),
    text(
      `${gateway.service} passes requests to ${gateway.upstreams.join(', ')}; after ${gateway.maxFails} failures a server is left out for ${time(gateway.failTimeout)}.`,
    ),
    list(
      databases.map(
        ({ name, failover }) =>
          `Database ${name}: failed over ${failover.automatic ? 'by policy where nothing is in doubt, else by a person' : 'by a person only'}`,
      ),
    ),
    text(
      traffic === undefined
        ? 'Clients are sent to another site by a person.'
        : `Clients are sent to another site by ${traffic.driver === 'manual' ? 'a person' : 'a program'} that points ${traffic.record} there.`,
    ),
  ];
}

/** Business continuity, emergency response, tests, contacts, checklist. */
export function renderPeople(plan: Plan, proven: (of: ClaimSection) => Block[]): (DocumentSection | undefined)[] {
  const { businessContinuity: business } = plan;
  return [
    section(
      'continuity',
      'Business continuity',
      [
        ...plan.communications.map((one) => list(one.actions, phase(one))),
        table(
          ['area', 'instead', 'begun for'],
          business.manualProcesses.map(({ area, process, services }) => [
            area,
            process,
            services.join(', ') || 'every incident',
          ]),
          'Manual processes',
        ),
        list(
          [
            ...business.reducedFunctionality.notes,
            `Open in this mode: ${business.reducedFunctionality.essentialServices.join(', ')}`,
          ],
          'Reduced functionality',
        ),
      ],
      proven('continuity'),
    ),
    section(
      'emergency',
      'Emergency response',
      [
        ...plan.emergencies.map(({ title, actions }) => list(actions, title)),
        table(
          ['gate', 'who may approve', 'waits', 'then'],
          plan.approvals.map(({ gate, approvers, expires, onExpiry }) => [
            gate,
            approvers.join(', '),
            time(expires),
            onExpiry,
          ]),
          'Who decides',
        ),
      ],
      proven('emergency'),
    ),
    section(
      'tests',
      'Testing procedures',
      [
        ...plan.tests.map(({ name, cadence, steps }) => list(steps, `Test ${name}, ${cadence ?? 'when called for'}`)),
        table(
          ['schedule', 'procedure', 'when (cron, UTC)', 'for'],
          plan.schedules.map(({ name, procedure, cron, enabled, description }) => [
            name,
            procedure,
            enabled ? cron : 'on paper only',
            description,
          ]),
          'By the clock',
        ),
      ],
      proven('testing'),
    ),
    section('contacts', 'Contact information', contacts(plan)),
    section(
      'checklist',
      'Recovery checklist',
      plan.checklist.map((one) =>
        list(
          one.items.map((item) => `☐ ${typeof item === 'string' ? item : item.text}`),
          phase(one),
        ),
      ),
    ),
  ];
}

function contacts({ contacts: all, channels, onCall }: Plan): Block[] {
  const of = (kind: 'internal' | 'external'): string[][] =>
    all
      .filter((one) => one.kind === kind)
      .sort((a, b) => a.order - b.order)
      .map(({ role, phone, email }) => [role, phone, email ?? '']);
  const columns = ['role', 'phone', 'e-mail'];
  return [
    table(columns, of('internal'), 'Own team, in the order in which it is called'),
    text(`Each has ${time(onCall.acknowledgeWithin)} to acknowledge before the next one is called.`),
    table(columns, of('external'), 'Partners'),
    list(
      [
        `E-mail: ${channels.email}`,
        `SMS: ${channels.sms}`,
        `Slack: ${channels.slack}`,
        ...channels.webhooks.map(({ name }) => `Webhook: ${name}`),
        `Status page: ${channels.statusPage}`,
      ],
      'Channels',
    ),
  ];
}

function phase({ title, from, to }: { title: string; from: number; to?: number | undefined }): string {
  return `${title} (${to === undefined ? `from ${time(from)} on` : `${time(from)} to ${time(to)}`})`;
}

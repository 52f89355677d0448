/** The plan and what is proven of it as a document, section by section as people read a recovery plan. Pure. */
import { formatDuration as time, type Plan } from '../../plan';
import type { ClaimSection } from '../../workflows/contracts/claims';
import type { Proof, ProofState } from '../../workflows/contracts/proof';
import { moment } from '../../workflows/contracts/words';
import { hashLabel, list, section, table, text, type Block, type DocumentSection, type PlanDocument } from './blocks';
import { renderPeople, renderReach } from './people';

export interface DocumentFacts {
  plan: Plan;
  hash: string;
  proofs: Proof[];
  /** Runs that left a report on this machine. */
  runs: number;
  /** What has changed since the version before, a line each; undefined: there is none to compare with. */
  changes: string[] | undefined;
  /** When it is rendered, UTC. */
  at: string;
}

/** The whole document. */
export function documentOf(facts: DocumentFacts): PlanDocument {
  const { plan, hash, proofs, at } = facts;
  const { document } = plan;
  const sections: (DocumentSection | undefined)[] = [
    section('summary', 'Executive summary', summary(facts)),
    section('objectives', 'Disaster recovery objectives', [
      list(plan.objectives.primary, 'Primary objectives'),
      list(plan.objectives.secondary, 'Secondary objectives'),
    ]),
    section('risks', 'Risk assessment', risks(plan), proven(proofs, 'risk')),
    section('procedures', 'Recovery procedures', procedures(plan), proven(proofs, 'recovery')),
    section('data', 'Data recovery', data(plan), proven(proofs, 'data')),
    section('failover', 'Service failover', renderReach(plan), proven(proofs, 'failover')),
    ...renderPeople(plan, (of) => proven(proofs, of)),
    section('metrics', 'Recovery metrics', metrics(plan)),
    section('maintenance', 'Plan maintenance', [
      list(
        plan.maintenance.reviews.map(({ cadence, subject }) => `${cadence}: ${subject}`),
        'Reviews',
      ),
      list(plan.maintenance.updateTriggers, 'At once, when'),
      text(
        `A proof holds for ${time(plan.readiness.staleAfter)}, what is rehearsed less often for ${time(plan.readiness.staleAfterQuarterly)}; an edit of what was proven drops it.`,
      ),
    ]),
    section('changes', 'Changes since the version before', [changed(facts.changes)]),
  ];
  return {
    title: plan.name,
    lead: `${plan.organisation}. ${sumOf(proofs)}`,
    about: [
      ['Version', plan.version],
      ['Last updated', document.lastUpdated],
      ['Next review', document.nextReview],
      ['Approved by', document.approvedBy],
      ['Distribution', document.distribution],
      ['Rendered', moment(at)],
      [hashLabel, hash],
    ],
    sections: sections.filter((one) => one !== undefined),
  };
}

const proven = (proofs: Proof[], of: ClaimSection): Block[] => [
  { kind: 'proofs', proofs: proofs.filter((one) => one.section === of) },
];

/** How much of the plan is proven, in a sentence. */
export function sumOf(proofs: Proof[]): string {
  const of = (state: ProofState): number => proofs.filter((one) => one.state === state).length;
  return `Of ${proofs.length} claims ${of('verified')} are verified, ${of('stale')} are stale, ${of('never')} were never verified, ${of('failed')} have failed.`;
}

function summary({ plan, proofs, runs }: DocumentFacts): Block[] {
  const { fullSystem } = plan.objectives;
  return [
    text(
      runs > 0
        ? `${sumOf(proofs)} The proofs are those of ${runs} runs whose reports lie where this was rendered.`
        : `${sumOf(proofs)} No run has left a report where this was rendered: render it on the machine of the control worker.`,
    ),
    table(
      ['tier', 'title', 'RTO', 'RPO', 'services'],
      [
        ...plan.tiers.map(({ name, title, rto, rpo }) => [
          name,
          title,
          time(rto),
          time(rpo),
          plan.services
            .filter(({ tier }) => tier === name)
            .map((one) => one.name)
            .join(', '),
        ]),
        ['all', 'Full system recovery', time(fullSystem.rto), time(fullSystem.rpo), 'everything'],
      ],
      'Recovery objectives and priorities',
    ),
  ];
}

const risks = (plan: Plan): Block[] =>
  (['high', 'medium', 'low'] as const).map((risk) =>
    table(
      ['scenario', 'probability', 'impact', 'recovery time', 'mitigation', 'procedure'],
      plan.scenarios
        .filter((one) => one.risk === risk)
        .map(({ title, probability, impact, recoveryTime: { min, max }, mitigation, procedure }) => [
          title,
          probability,
          impact,
          `${time(min)} to ${time(max)}`,
          mitigation.join(', '),
          procedure,
        ]),
      `Scenarios of ${risk} risk`,
    ),
  );

const procedures = (plan: Plan): Block[] => [
  text(
    'Every recovery is one command, waits at its gate where a person decides, and is done when a client is served. `./dr incident open` looks at everything and proposes which one.',
  ),
  table(
    ['service', 'tier', 'depends on', 'without it'],
    plan.services.map(({ name, tier, dependsOn, description }) => [name, tier, dependsOn.join(', '), description]),
    'What is recovered, and what it needs first',
  ),
];

function data(plan: Plan): Block[] {
  const { backups } = plan;
  return [
    table(
      ['what', 'kind', 'when (cron, UTC)', 'kept'],
      [
        ...backups.database.map((one) => [`database ${one.database}`, one.kind, one.cron, time(one.retention)]),
        ...plan.databases.map(({ name, backup }) => [
          `WAL of ${name}`,
          'continuous',
          `closed after ${time(backup.archiveTimeout)} at the latest`,
          'with its backups',
        ]),
        ...backups.redis.map((one) => [`store ${one.store}`, one.kind, one.cron, time(one.retention)]),
        ...(['configuration', 'certificates'] as const).map((kind) => [
          kind,
          backups[kind].kind,
          backups[kind].cron,
          time(backups[kind].retention),
        ]),
      ],
      'Backups',
    ),
    table(
      ['database', 'tier', 'PostgreSQL', 'primary', 'standbys', 'backed up by'],
      plan.databases.map(({ name, tier, version, service, site, standbys, backup }) => [
        name,
        tier,
        String(version),
        `${service} at ${site}`,
        standbys.map((one) => `${one.service} at ${one.site}`).join(', ') || 'none',
        `${backup.driver}, stanza ${backup.stanza}`,
      ]),
      'Databases',
    ),
  ];
}

function metrics({ objectives: { kpis }, reporting }: Plan): Block[] {
  return [
    table(
      ['figure', 'target'],
      [
        ['Mean time to recovery (MTTR)', time(kpis.mttr)],
        ['Recovery time over a period', time(kpis.rto)],
        ['Recovery point over a period', time(kpis.rpo)],
        ['Availability of the services', `${kpis.availability} %`],
      ],
      'Targets over a period',
    ),
    list(
      reporting.map(({ cadence, title }) => `${cadence}: ${title}`),
      'Reports',
    ),
  ];
}

function changed(changes: string[] | undefined): Block {
  if (changes === undefined) return text('There is no version before this one to compare with.');
  return changes.length > 0 ? list(changes) : text('The plan says the same.');
}

import type { LoadedPlan } from '../load';
import type { Plan } from '../schema';
import { formatDuration as time } from '../schema/duration';
import { renderPeople } from './people';
import { renderSystems } from './systems';
import { bullets, section, table } from './table';

/** The whole plan as one page of Markdown that also reads well in a terminal. It contains no secret. */
export function renderPlan({ plan, hash }: Pick<LoadedPlan, 'plan' | 'hash'>): string {
  const { document, objectives } = plan;
  const parts = [
    `# ${plan.name}`,
    `${plan.organisation}, version ${plan.version}, last updated ${document.lastUpdated}, next review ${document.nextReview}. ` +
      `Approved by: ${document.approvedBy}. Distribution: ${document.distribution}.\nHash ${hash}`,
    section(
      'Objectives',
      table(['tier', 'title', 'RTO', 'RPO', 'services'], tierRows(plan)),
      `Full system: RTO ${time(objectives.fullSystem.rto)}, RPO ${time(objectives.fullSystem.rpo)}. ` +
        `Over a period: MTTR ${time(objectives.kpis.mttr)}, RTO ${time(objectives.kpis.rto)}, ` +
        `RPO ${time(objectives.kpis.rpo)}, availability ${objectives.kpis.availability} %.`,
      bullets([...objectives.primary, ...objectives.secondary]),
    ),
    section(
      'Scenarios',
      table(['scenario', 'risk', 'probability', 'impact', 'recovery', 'procedure'], scenarioRows(plan)),
    ),
    ...renderSystems(plan),
    ...renderPeople(plan),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function tierRows(plan: Plan): string[][] {
  return plan.tiers.map(({ name, title, rto, rpo }) => {
    const services = plan.services.filter((service) => service.tier === name).map((service) => service.name);
    return [name, title, time(rto), time(rpo), services.join(', ')];
  });
}

function scenarioRows(plan: Plan): string[][] {
  return plan.scenarios.map(({ title, risk, probability, impact, recoveryTime, procedure }) => [
    title,
    risk,
    probability,
    impact,
    `${time(recoveryTime.min)} to ${time(recoveryTime.max)}`,
    procedure,
  ]);
}

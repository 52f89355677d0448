/** What is wrong with a service, and what can help. Pure: the same facts, the same answer. */
import type { Measure, ServiceFacts } from '../contracts/service';
import { measures } from '../contracts/service';

export interface Diagnosis {
  /** `healthy`: there is nothing to do. Every other word names a picture. */
  picture: 'healthy' | 'not-reached' | 'gone' | 'stopped' | 'paused' | 'restart-loop' | 'silent' | 'failing';
  /** In a sentence, with the facts that led to it. */
  says: string;
  /** Measures that can help, gentlest first. */
  measures: Measure[];
  /** Nobody is served, so a measure interrupts nobody. */
  servesNobody: boolean;
}

/** Started again this often by its restart policy, a service dies of what a restart does not change. */
const loopRestarts = 3;
/** A service that has run for this long since has survived its start, milliseconds. */
const survivedMs = 60_000;

/** Judges what was seen of a service. @param facts measured at one moment */
export function diagnose(facts: ServiceFacts): Diagnosis {
  const { container, health, service, page } = facts;
  // A page that its clients get is a service that serves, whatever it says of itself.
  const servesNobody = !health.healthy && !page?.healthy;
  const answer = (
    picture: Diagnosis['picture'],
    says: string,
    from: Measure,
    own: Partial<Diagnosis> = {},
  ): Diagnosis => ({ picture, says, measures: measures.slice(measures.indexOf(from)), servesNobody, ...own });
  if (!container) return answer('gone', `${service} has no container`, 'recreate');
  if (container.paused) return answer('paused', `the container of ${service} is paused`, 'restart');
  // Between two of its deaths it may say that it is well, and serves nobody for long.
  if (loops(facts))
    return answer(
      'restart-loop',
      `${service} ends again and again: started ${container.restarts} times by its restart policy, exit code ${container.exitCode}`,
      'recreate',
      { servesNobody: true },
    );
  if (!container.running)
    return answer(
      'stopped',
      `${service} does not run: exit code ${container.exitCode}${container.oomKilled ? ', killed for want of memory' : ''}`,
      'restart',
    );
  if (health.healthy && page && !page.healthy)
    return answer(
      'not-reached',
      `${service} says that it is well, and its clients do not get their page: ${page.says}`,
      'reload',
      {
        measures: ['reload'],
        servesNobody: true,
      },
    );
  if (health.healthy) return answer('healthy', `${service} says that it is well`, 'restart', { measures: [] });
  if (health.status === undefined)
    return answer('silent', `${service} runs and does not answer: ${health.says}`, 'restart');
  return answer('failing', `${service} says that it cannot work: ${health.says}`, 'restart');
}

function loops({ container, at }: ServiceFacts): boolean {
  if (!container || container.restarts < loopRestarts) return false;
  return container.restarting || Date.parse(at) - Date.parse(container.startedAt) < survivedMs;
}

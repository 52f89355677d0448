/** What is wrong with a service, and what can help. Pure: the same facts, the same answer. */
import type { Measure, ServiceFacts } from '../contracts/service';
import { measures } from '../contracts/service';

export interface Diagnosis {
  /** `healthy`: there is nothing to do. Every other word names a picture. */
  picture: 'healthy' | 'gone' | 'stopped' | 'paused' | 'restart-loop' | 'silent' | 'failing';
  /** In a sentence, with the facts that led to it. */
  says: string;
  /** Measures that can help, gentlest first. */
  measures: Measure[];
}

/** Started again this often by its restart policy, a service dies of what a restart does not change. */
const loopRestarts = 3;
/** A service that has run for this long since has survived its start, milliseconds. */
const survivedMs = 60_000;

/** Judges what was seen of a service. @param facts measured at one moment */
export function diagnose(facts: ServiceFacts): Diagnosis {
  const { container, health, service } = facts;
  const answer = (picture: Diagnosis['picture'], says: string, from: Measure): Diagnosis => ({
    picture,
    says,
    measures: measures.slice(measures.indexOf(from)),
  });
  if (health.healthy) return { picture: 'healthy', says: `${service} says that it is well`, measures: [] };
  if (!container) return answer('gone', `${service} has no container`, 'recreate');
  if (container.paused) return answer('paused', `the container of ${service} is paused`, 'restart');
  if (loops(facts))
    return answer(
      'restart-loop',
      `${service} ends again and again: started ${container.restarts} times by its restart policy, exit code ${container.exitCode}`,
      'recreate',
    );
  if (!container.running)
    return answer(
      'stopped',
      `${service} does not run: exit code ${container.exitCode}${container.oomKilled ? ', killed for want of memory' : ''}`,
      'restart',
    );
  if (health.status === undefined)
    return answer('silent', `${service} runs and does not answer: ${health.says}`, 'restart');
  return answer('failing', `${service} says that it cannot work: ${health.says}`, 'restart');
}

function loops({ container, at }: ServiceFacts): boolean {
  if (!container || container.restarts < loopRestarts) return false;
  return container.restarting || Date.parse(at) - Date.parse(container.startedAt) < survivedMs;
}

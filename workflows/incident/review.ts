/** Phase "Review": the incident is over, and people say what they learned of it before a day that is set now. */
import { condition } from '@temporalio/workflow';
import type { Incident } from './state';

/** Waits for the review, and says once that it is overdue. */
export async function review(incident: Incident): Promise<void> {
  const { run, plan, said, telling } = incident;
  const { reviewWithin } = plan.incidents;
  const given = (): boolean => said.review !== undefined;
  run.phase('Review');
  incident.reviewDueBy = new Date(Date.now() + reviewWithin).toISOString();
  incident.enter('reviewing');
  telling?.resolved(said.declared?.by ?? 'the plan', incident.reviewDueBy.slice(0, 16).replace('T', ' '));
  if (!(await condition(given, reviewWithin))) {
    run.record.note('clock', `the review was due by ${incident.reviewDueBy}`);
    telling?.reviewOverdue();
    await condition(given);
  }
  const { findings = '', lessons = [] } = said.review ?? {};
  if (lessons.length > 0)
    run.facts(
      'Lessons',
      lessons.map(({ lesson, owner, due }) => ({ label: `${owner}, by ${due}`, value: lesson })),
    );
  telling?.reviewed(findings);
  incident.enter('closed');
}

import assert from 'node:assert/strict';
import { lessonsOf } from '../../../scripts/commands/incident-say';
import type { Trigger } from '../../../workflows/contracts/periodic';
import type { Report } from '../../../workflows/contracts/run-view';
import { isOverdue, openTasks, tasksOf, withTriggers } from '../../../workflows/contracts/tasks';
import { lesson } from '../../support/fake-periodic';
import { sampleView } from '../../fixtures/run-view';

const ended = (procedure: string, day: number, result: object, more: object = {}): Report => {
  const endedAt = `2026-11-${String(day).padStart(2, '0')}T09:00:00.000Z`;
  const workflowId = { incidentResponse: 'incident.orders', periodicReport: 'report.daily' }[procedure] ?? 'task.x';
  return { view: { ...sampleView, procedure, workflowId, endedAt, ...more }, result: { ...result } };
};
const incident = (day: number, lessons = 1, runId = 'run-aaaa'): Report =>
  ended(
    'incidentResponse',
    day,
    {
      incident: 'orders',
      review: {
        at: `2026-11-0${day}T08:00:00.000Z`,
        lessons: Array.from({ length: lessons }, (_, index) => ({
          lesson: `lesson ${index + 1}`,
          owner: 'DevOps Team',
          due: `2026-12-${20 - index}`,
        })),
      },
    },
    { runId },
  );
const compose: Trigger = { key: 'plan-c', kind: 'compose', because: 'the file has the service x' };
const contact: Trigger = { key: 'plan-k', kind: 'contact', because: 'contact Management is another one in the plan' };
const report = (day: number, triggers: Trigger[], facts: object = { compose: {} }): Report =>
  ended('periodicReport', day, { triggers, madeAt: `2026-11-0${day}T07:00:00.000Z`, facts });
const close = (day: number, task: string): Report =>
  ended('closeTask', day, { task, by: 'on-call', reason: 'done', closedAt: `2026-11-0${day}T08:30:00.000Z` });
const open = (...reports: Report[]): string[] => openTasks(tasksOf(reports)).map(({ key }) => key);

describe('tasks, derived from what finished runs have left', () => {
  it('are the lessons of a review, the earliest day first, until they are closed', () => {
    assert.deepEqual(open(incident(1, 2)), ['orders-2', 'orders-1']);
    assert.deepEqual(open(close(2, 'orders-2'), incident(1, 2)), ['orders-1']);
    const [first] = tasksOf([incident(1), close(2, 'orders-1')]);
    assert.deepEqual(first?.closed, { by: 'on-call', reason: 'done', at: '2026-11-02T08:30:00.000Z' });
  });
  it('of another incident of the same name are others', () =>
    assert.deepEqual(open(incident(1), close(2, 'orders-1'), incident(3, 1, 'run-bbbb')), ['orders-1-bbbb']));
  it('of an incident without a review, or without lessons, are none', () => {
    assert.deepEqual(open(ended('incidentResponse', 1, {})), []);
    assert.deepEqual(open(incident(1, 0)), []);
  });
  it('are reasons to look at the plan, each once, in however many reports it is found', () =>
    assert.deepEqual(open(report(1, [compose, contact]), report(2, [compose])), ['plan-c', 'plan-k']));
  it('a difference that is no longer found is closed by the report that did not find it; one that was not looked for is not', () => {
    const [task] = tasksOf([report(1, [compose]), report(2, [])]);
    assert.match(task?.closed?.reason ?? '', /no longer found/);
    assert.deepEqual(open(report(1, [compose]), report(2, [], {})), ['plan-c']);
  });
  it('a difference that was closed and is still there is open again; what happened once is not', () => {
    const all = [report(1, [compose, contact]), close(2, 'plan-c'), close(2, 'plan-k'), report(3, [compose, contact])];
    assert.deepEqual(open(...all), ['plan-c']);
  });
  it('of a report that is being made are added in the same way', () => {
    const known = tasksOf([report(1, [contact]), close(2, 'plan-k')]);
    const added = openTasks(withTriggers(known, [contact, compose], 'report.weekly', '2026-11-03T07:00:00.000Z'));
    assert.deepEqual(
      added.map(({ key, from }) => [key, from]),
      [['plan-c', 'report.weekly']],
    );
  });
  it('are overdue when their day is over, in UTC', () => {
    assert.equal(isOverdue(lesson, Date.parse('2026-12-15T23:59:59Z')), false);
    assert.equal(isOverdue(lesson, Date.parse('2026-12-16T00:00:00Z')), true);
    assert.equal(
      isOverdue({ due: '2026-12-15', closed: { by: '', reason: '', at: '' } }, Date.parse('2027-01-01')),
      false,
    );
  });
});

describe('lessons on the command line', () => {
  it('are a text, a role and a day; the text may hold bars', () => {
    const faults: string[] = [];
    assert.deepEqual(
      lessonsOf(['alert at 80 % | DevOps Team | 2026-12-15', 'a | b | Management | 2026-12-16'], faults),
      [
        { lesson: 'alert at 80 %', owner: 'DevOps Team', due: '2026-12-15' },
        { lesson: 'a | b', owner: 'Management', due: '2026-12-16' },
      ],
    );
    assert.deepEqual(faults, []);
  });
  it('that are none are named', () => {
    for (const wrong of [
      'alert at 80 %',
      'alert | DevOps Team',
      'alert | DevOps Team | 2026-02-30',
      ' | DevOps Team | 2026-12-15',
    ]) {
      const faults: string[] = [];
      assert.deepEqual(lessonsOf([wrong], faults), []);
      assert.match(faults[0] ?? '', /expected what will change, a role of the plan and a day/);
    }
  });
});

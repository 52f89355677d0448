import assert from 'node:assert/strict';
import { incidentLines } from '../../../scripts/commands/incident-look';
import { paint } from '../../../scripts/lib/paint';
import { drHere } from '../cli/dr';

const why = ['--reason', 'test', '--by', 'tester'];

describe('commands of incidents say what is wrong before anything is done', () => {
  for (const [title, args, sentences] of [
    [
      'open',
      ['incident', 'open', 'In C', '--scenario', 'Fire!', '--suspect', 'a b', '--detected-at', 'noon', ...why],
      [
        /Argument <incident> is "In C": expected lower-case/,
        /--scenario is "Fire!": expected lower-case/,
        /--suspect is "a b": expected a service/,
        /--detected-at is/,
      ],
    ],
    ['open without a reason', ['incident', 'open', 'inc-1'], [/--reason is missing/]],
    [
      'choose',
      ['incident', 'choose', 'inc-1', 'Fire!', ...why],
      [/Argument <scenario> is not right: expected lower-case/],
    ],
    ['update', ['incident', 'update', 'inc-1', '--by', 'tester'], [/--message is not right/]],
    ['declare', ['incident', 'declare', 'In C'], [/Argument <incident> is "In C"/, /--reason is missing/]],
    ['review', ['incident', 'review', 'inc-1', '--by', ''], [/--findings is not right/, /--by is ""/]],
    ['show', ['incident', 'show', 'In C'], [/Argument <incident> is "In C"/]],
    ['isolate', ['isolate', 'In C', ...why], [/Argument <service> is "In C": expected a service/]],
    ['lift', ['lift', 'content-service'], [/--reason is missing/]],
  ] as [string, string[], RegExp[]][])
    it(title, async () => {
      const { status, err } = await drHere(args);
      assert.equal(status, 2, err);
      for (const sentence of sentences) assert.match(err, sentence);
    });

  it('the help of `lift` names the run that may refuse it, and no incident', async () => {
    const { out } = await drHere(['lift', '--help']);
    assert.match(out, /3 the run refused it/);
  });

  it('an incident reads at night: how bad, what, what is at work, what is due, and why', () => {
    const lines = incidentLines(
      {
        incident: 'inc-1',
        openedAt: '2026-11-22T17:00:00.000Z',
        severity: 'sev1',
        state: 'responding',
        scenario: 'service-outage',
        affected: ['order-service'],
        verdicts: [
          {
            scenario: 'service-outage',
            title: 'Service outage',
            score: 3,
            likelihood: 'likely',
            evidence: [{ says: 'order-service (P1) is down', weight: 3 }],
            begins: 'serviceRecovery',
          },
        ],
        runs: [
          { workflowId: 'recover.service.order-service', procedure: 'serviceRecovery' },
          {
            workflowId: 'recover.service.content-service',
            procedure: 'isolateService',
            stands: { service: 'content-service' },
          },
        ],
        updates: [{ at: '2026-11-22T17:05:00.000Z', by: 'on-call', message: 'orders by phone' }],
        nextUpdateBy: '2026-11-22T17:35:00.000Z',
        missedUpdates: 1,
      },
      paint(false),
    );
    assert.deepEqual(lines, [
      'Incident inc-1  sev1  responding  opened 2026-11-22 17:00:00 UTC',
      'Affected: order-service',
      'Scenario: service-outage',
      'Run recover.service.order-service: at work',
      'Run recover.service.content-service: isolated; lifted by ./dr lift content-service --reason "WHY"',
      'Next update by 2026-11-22 17:35:00 UTC  1 missed',
      '  2026-11-22 17:05:00 UTC on-call: orders by phone',
      'Scenarios of the plan, the likeliest first',
      '  service-outage: likely (3)',
      '    + order-service (P1) is down',
    ]);
  });
});

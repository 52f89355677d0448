import assert from 'node:assert/strict';
import type { Plan } from '../../../plan';
import { claimsOf } from '../../../workflows/contracts/claims';
import type { PastRun } from '../../../workflows/contracts/past-runs';
import { judgeProofs, type Proof } from '../../../workflows/contracts/proof';
import { ago, at, day, pastRun, thePlan } from './facts';

describe('what of the plan is proven', () => {
  let plan: Plan;
  /** The plan that the runs pinned. */
  let then: Plan;
  beforeEach(async () => {
    plan = await thePlan();
    then = structuredClone(plan);
  });

  const judge = (runs: PastRun[], claim: string, planOf: (hash: string) => Plan | undefined = () => then): Proof => {
    const found = judgeProofs(plan, runs, planOf, at).find((one) => one.claim === claim);
    assert.ok(found, `the plan claims ${claim}`);
    return found;
  };
  const recovered = 'database.shandi.pointInTimeRecovery';

  it('nothing was ever run: everything that is claimed was never verified, and says what would prove it', () => {
    const proofs = judgeProofs(plan, [], () => then, at);
    assert.deepEqual([...new Set(proofs.map(({ state }) => state))], ['never']);
    assert.equal(new Set(proofs.map(({ claim }) => claim)).size, proofs.length, 'each claim has an id of its own');
    // What is neither a test nor a backup is the real thing, and says so.
    for (const { prove, claim } of proofs)
      assert.match(prove, /^(\.\/dr (test|backup) |in a planned window: \.\/dr (?!test|backup)|by hand)/, claim);
    const scenarios = proofs.filter(({ section }) => section === 'risk').map(({ claim }) => claim);
    assert.deepEqual(
      scenarios,
      plan.scenarios.map(({ name }) => `scenario.${name}`),
    );
  });

  it('a drill that recovered it: verified, with the run and its date', () => {
    const { state, run, because } = judge([pastRun()], recovered);
    assert.equal(state, 'verified');
    assert.deepEqual([run?.runId, run?.endedAt, run?.drill], ['0199-1', ago(3 * day), true]);
    assert.match(because, /point-in-time recovery of 2026-11-19 17:00:00 UTC on a copy$/);
  });

  it('recovered, but later than its objective: verified, and it says so', () => {
    const { state, because } = judge([pastRun({ verdict: 'missed' })], recovered);
    assert.equal(state, 'verified');
    assert.match(because, /later than its objective/);
  });

  it('longer ago than the plan allows: stale', () => {
    const { state, because } = judge([pastRun({ endedAt: ago(36 * day) })], recovered);
    assert.equal(state, 'stale');
    assert.match(because, /36 days ago; a proof holds for 35 days/);
    assert.equal(judge([pastRun({ endedAt: ago(34 * day) })], recovered).state, 'verified');
  });

  it('what only the quarterly test renews holds for longer', () => {
    const lost = pastRun({
      procedure: 'fullSystemRecovery',
      resource: 'system',
      allDown: true,
      endedAt: ago(60 * day),
    });
    assert.equal(judge([lost], 'system.fullSystemRecovery').state, 'verified');
  });

  it('a recovery of the whole system is proven where everything was down, not where one server was', () => {
    const one = pastRun({ procedure: 'fullSystemRecovery', resource: 'system' });
    assert.equal(judge([one], 'system.fullSystemRecovery').state, 'never');
    assert.equal(judge([{ ...one, state: 'failed' }], 'system.fullSystemRecovery').state, 'never');
    assert.equal(judge([one, { ...one, allDown: true }], 'system.fullSystemRecovery').state, 'verified');
  });

  it('a backup of a copy is no backup of the platform', () => {
    for (const [procedure, resource, claim] of [
      ['backupDatabase', 'database.shandi', 'database.shandi.backupDatabase'],
      ['backupRedis', 'store.redis', 'store.redis.backupRedis'],
      ['backupConfiguration', 'configuration', 'configuration.backupConfiguration'],
      ['backupCertificates', 'certificates', 'certificates.backupCertificates'],
    ] as const) {
      const run = pastRun({ procedure, resource, mode: 'backup', verdict: 'none' });
      assert.equal(judge([run], claim).state, 'never', claim);
      assert.equal(judge([{ ...run, drill: false }], claim).state, 'verified', claim);
    }
  });

  it('the last run failed, although one before it did not: failed, with the reason', () => {
    const failed = pastRun({ runId: 'last', state: 'failed', verdict: 'none', endedAt: ago(day), problem: 'no WAL' });
    const { state, run, because } = judge([pastRun(), failed], recovered);
    assert.deepEqual([state, run?.runId], ['failed', 'last']);
    assert.match(because, /did not: no WAL/);
    assert.equal(judge([failed, pastRun({ endedAt: ago(1) })], recovered).state, 'verified', 'mended since');
  });

  it('a person who says no, or changes his mind, proves nothing and disproves nothing', () => {
    const later = { endedAt: ago(day), verdict: 'none' } as const;
    for (const run of [
      pastRun({ ...later, state: 'rejected', code: 'DR-REJECTED' }),
      pastRun({ ...later, state: 'expired' }),
      pastRun({ ...later, state: 'cancelled' }),
      pastRun({ ...later, state: 'aborted', code: 'DR-ABORTED' }),
      pastRun({ ...later, state: 'refused', code: 'DR-TARGET-UNREACHABLE' }),
      pastRun({ ...later, state: 'completed', notNeeded: true }),
    ])
      assert.equal(judge([pastRun(), run], recovered).state, 'verified', run.state);
    const held = pastRun({ ...later, state: 'aborted', code: 'DR-ABORTED', failedStep: true });
    assert.equal(judge([pastRun(), held], recovered).state, 'failed', 'aborted because a step failed');
  });

  it('a check or a copy is no recovery', () => {
    assert.equal(judge([pastRun({ mode: 'check', verdict: 'checked' })], recovered).state, 'never');
    assert.equal(judge([pastRun({ mode: 'copy', verdict: 'copied' })], recovered).state, 'never');
  });

  it('a test that pre-flight refused has failed: what refused it is what it looks for', () => {
    const run = pastRun({
      procedure: 'restoreTest',
      drill: false,
      mode: 'test',
      state: 'refused',
      verdict: 'none',
      problem: 'no backup',
    });
    assert.equal(judge([run], 'database.shandi.restoreTest').state, 'failed');
  });

  it('a restore test that found the fault planted in a copy says nothing of the backups of the platform', () => {
    const planted = pastRun({ procedure: 'restoreTest', mode: 'test', state: 'failed', code: 'DR-BACKUP-CORRUPT' });
    const passed = { ...planted, drill: false, state: 'completed', verdict: 'met', endedAt: ago(4 * day) } as const;
    assert.equal(judge([planted, passed], 'database.shandi.restoreTest').state, 'verified');
    assert.equal(judge([planted], 'database.shandi.restoreTest').state, 'never');
  });

  it('a test that might not begin, or that gave way to what serves, says nothing either way', () => {
    const passed = pastRun({ procedure: 'monthlyRecoveryTest', resource: 'system', mode: 'test', drill: false });
    const later = { ...passed, verdict: 'none', endedAt: ago(day) } as const;
    const refused = { ...later, state: 'refused', code: 'DR-TEST-NOT-NOW' } as const;
    const stopped = { ...later, state: 'aborted', code: 'DR-TEST-STOPPED', failedStep: true } as const;
    assert.equal(judge([passed, refused, stopped], 'test.monthly').state, 'verified');
    assert.equal(judge([refused, stopped], 'test.monthly').state, 'never');
    assert.equal(judge([passed, { ...stopped, code: 'DR-TEST-FAILED' }], 'test.monthly').state, 'failed');
  });

  it('a message that no channel took is no proof that people are told', () => {
    const told = pastRun({ procedure: 'notifyPeople', resource: 'incident.test', mode: 'notify', verdict: 'none' });
    assert.equal(judge([told], 'people.notifyPeople').state, 'verified');
    assert.equal(judge([{ ...told, code: 'DR-NOBODY-TOLD' }], 'people.notifyPeople').state, 'failed');
  });

  describe('an edit of the plan', () => {
    const edits: [string, (plan: Plan) => void, string][] = [
      ['of the database', (edited) => void (edited.databases[0]!.backup.stanza = 'other'), 'databases.shandi'],
      ['of its site', (edited) => void (edited.sites[0]!.compose.project = 'other'), 'sites.primary'],
      ['of its objectives', (edited) => void (edited.tiers[0]!.rto = 1_000), 'tiers.P1'],
    ];
    for (const [title, edit, part] of edits)
      it(`${title} drops what it touches, and names it`, () => {
        edit(plan);
        const { state, because } = judge([pastRun()], recovered);
        assert.equal(state, 'stale');
        assert.ok(because.endsWith(`the plan says otherwise of ${part} since`), because);
      });

    it('of something else leaves it verified', () => {
      plan.contacts[0]!.phone = '+1-555-9999';
      plan.stores[0]!.service = 'other';
      plan.databases[0]!.rates.copy = 1;
      assert.equal(judge([pastRun()], recovered).state, 'verified');
    });

    it('of a service drops the proof of that service, not of another', () => {
      const run = pastRun({ procedure: 'serviceRecovery', resource: 'service.order-service' });
      plan.services.find(({ name }) => name === 'menu-service')!.port = 1;
      assert.equal(judge([run], 'service.serviceRecovery').state, 'verified');
      plan.services.find(({ name }) => name === 'order-service')!.port = 1;
      assert.equal(judge([run], 'service.serviceRecovery').state, 'stale');
    });

    it('that takes the service away drops it, too', () => {
      const run = pastRun({ procedure: 'serviceRecovery', resource: 'service.order-service' });
      plan.services = plan.services.filter(({ name }) => name !== 'order-service');
      assert.match(judge([run], 'service.serviceRecovery').because, /otherwise of services\.order-service since$/);
    });

    it('since a plan that nobody has kept: nobody can say, so it is not verified', () => {
      const { state, because } = judge([pastRun()], recovered, () => undefined);
      assert.equal(state, 'stale');
      assert.match(because, /was not kept/);
    });
  });

  describe('scenarios', () => {
    const outage = pastRun({ procedure: 'serviceRecovery', resource: 'service.order-service' });

    it('the first that a procedure answers is proven by it; one after it only by an incident of its own', () => {
      assert.equal(judge([outage], 'scenario.service-outage').state, 'verified');
      assert.equal(judge([outage], 'scenario.network-connectivity').state, 'never');
      const incident = pastRun({
        procedure: 'incidentResponse',
        resource: 'incident.x',
        scenario: 'network-connectivity',
      });
      assert.equal(judge([outage, incident], 'scenario.network-connectivity').state, 'verified');
      assert.equal(judge([incident], 'scenario.service-outage').state, 'never');
    });

    it('a test of it on a copy proves it, whatever else its procedure answers; a failed one says so', () => {
      const test = pastRun({
        procedure: 'scenarioTest',
        resource: 'system',
        mode: 'test',
        drill: false,
        scenario: 'network-connectivity',
      });
      const { state, prove } = judge([outage, test], 'scenario.network-connectivity');
      assert.equal(state, 'verified');
      assert.equal(prove, './dr test scenario network-connectivity --reason "WHY"');
      assert.equal(judge([test], 'scenario.service-outage').state, 'never');
      const failed = { ...test, state: 'aborted', verdict: 'none', code: 'DR-TEST-FAILED', endedAt: ago(day) } as const;
      assert.equal(judge([test, failed], 'scenario.network-connectivity').state, 'failed');
      assert.equal(judge([{ ...test, scenario: 'database-failure' }], 'test.database-failure').state, 'verified');
      plan.drills!.portOffset += 1;
      assert.match(judge([test], 'scenario.network-connectivity').because, /otherwise of drills since/);
    });

    it('one that a copy cannot rehearse is proven by what answers it', () => {
      for (const [name, line] of [
        ['data-center-failure', /dr site failover --site backup/],
        ['security-breach', /dr isolate /],
        ['resource-exhaustion', /dr relieve /],
      ] as const)
        assert.match(judge([], `scenario.${name}`).prove, line);
      plan.scenarios.find(({ name }) => name === 'security-breach')!.procedure = 'relieveResources';
      const { prove } = judge([], 'scenario.resource-exhaustion');
      assert.match(prove, /^in a planned window: \.\/dr incident open NAME --scenario resource-exhaustion --quiet /);
    });

    it('another procedure in the plan drops the proof', () => {
      plan.scenarios.find(({ name }) => name === 'network-connectivity')!.procedure = 'siteFailover';
      const incident = pastRun({
        procedure: 'incidentResponse',
        resource: 'incident.x',
        scenario: 'network-connectivity',
      });
      assert.match(
        judge([incident], 'scenario.network-connectivity').because,
        /scenarios\.network-connectivity\.procedure/,
      );
    });
  });

  it('the quarterly test stands in for the monthly one, not the other way round', () => {
    const quarterly = pastRun({ procedure: 'quarterlyRecoveryTest', resource: 'system', mode: 'test' });
    assert.equal(judge([quarterly], 'test.monthly').state, 'verified');
    assert.equal(judge([{ ...quarterly, procedure: 'monthlyRecoveryTest' }], 'test.quarterly').state, 'never');
  });

  it('the way home from another site is claimed beside the way there', () => {
    const home = pastRun({ procedure: 'siteFailback', resource: 'system', mode: 'site-failback', drill: false });
    const { state, prove } = judge([home], 'site.backup.siteFailback');
    assert.equal(state, 'verified');
    assert.match(prove, /\.\/dr site failback --reason/);
    assert.equal(judge([home], 'site.backup.siteFailover').state, 'never');
  });

  it('a plan without standbys or a backup site does not claim a failover', () => {
    plan.databases[0]!.standbys = [];
    plan.sites = plan.sites.filter(({ role }) => role === 'primary');
    const ids = claimsOf(plan).map(({ id }) => id);
    assert.ok(!ids.some((id) => /databaseFailover|siteFail/.test(id)));
  });
});

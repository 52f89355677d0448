import assert from 'node:assert/strict';
import type { ServerFacts } from '../../../workflows/contracts/cluster';
import type { Found } from '../../../workflows/failback/assess';
import { changedSince, objections } from '../../../workflows/failback/objections';
import { lost, primary, standby } from '../../fixtures/servers';

const at = (site: string): Found['standIns'][number]['standIn'] =>
  ({ site: { name: site }, database: { name: 'shandi', service: `${site}-postgres` } }) as never;
const standIn = (site: string, facts: Partial<ServerFacts> = {}): Found['standIns'][number] => ({
  standIn: at(site),
  facts: primary({ service: `${site}-postgres`, site, timeline: 2, ...facts }),
});
const found = (change: Partial<Found> = {}): Found => ({
  reach: {
    site: 'primary',
    at: '2026-11-22T17:00:00.000Z',
    engine: { answered: true, says: '0 of 20 containers run' },
    running: [],
    containers: 20,
    client: { healthy: false, says: 'ECONNREFUSED' },
  },
  project: { site: 'primary', at: '2026-11-22T17:00:00.000Z', services: [] },
  silent: '',
  atHome: [lost(), standby()],
  standIns: [standIn('backup')],
  holder: { by: 'hold', site: 'backup', settled: true },
  ...change,
});
const against = (change: Partial<Found> = {}, promoted = false): string[] =>
  objections('primary', 'shandi', found(change), promoted);

describe('why nobody can come home', () => {
  it('nothing is in the way: another site serves, its lock is held, and home is stopped', () => {
    assert.deepEqual(against(), []);
    assert.deepEqual(against({ holder: { by: 'nobody' } }), [], 'a new control plane knows of no lock');
  });

  const cases: [what: string, change: Partial<Found>, RegExp][] = [
    ['the other site only follows', { standIns: [standIn('backup', { inRecovery: true })] }, /nothing was failed over/],
    [
      'the other site does not answer',
      { standIns: [standIn('backup', { answered: false, problem: 'its engine does not answer' })] },
      /nobody can say that site backup serves: .* its engine does not answer/,
    ],
    ['two other sites take writes', { standIns: [standIn('backup'), standIn('third')] }, /nobody can say which/],
    ['home takes writes as well', { atHome: [primary()] }, /two primaries: postgres at site primary .* timeline 1/],
    ['another run has the lock', { holder: { by: 'another' } }, /recover\.database\.shandi/],
    [
      'the lock is held for another site than the one that serves',
      { holder: { by: 'hold', site: 'third', settled: true } },
      /held for site third, and backup-postgres at site backup takes writes/,
    ],
    [
      'what has come back is being stopped still',
      { holder: { by: 'hold', site: 'backup', settled: false } },
      /still waits for site primary, or stops/,
    ],
    [
      'Compose cannot read home',
      { project: { site: 'primary', at: '', services: [], problem: 'no env file' } },
      /Compose cannot read the project of site primary: no env file/,
    ],
  ];
  for (const [what, change, says] of cases)
    it(what, () => {
      const all = against(change);
      assert.equal(all.length, 1, all.join('\n'));
      assert.match(all[0] ?? '', says);
    });

  it('the worker at home says nothing: its reason is told', () => {
    const silent = found({ silent: 'nobody took the question' });
    delete silent.reach;
    delete silent.project;
    assert.deepEqual(objections('primary', 'shandi', silent), [
      'site primary is not reachable: nobody took the question',
    ]);
  });

  it('an earlier run has promoted the database at home: that the other site only follows is as it should be', () => {
    const half = { atHome: [primary({ timeline: 3 })], standIns: [standIn('backup', { inRecovery: true })] };
    assert.deepEqual(against(half, true), []);
    assert.match(against(half).join(), /nothing was failed over/);
  });
});

describe('what has changed since a way home was found half done', () => {
  const atHome = primary({ timeline: 3 });
  const { facts: stopped } = standIn('backup', { answered: false });
  const changed = (home: Partial<ServerFacts>, there: Partial<ServerFacts> = {}): string =>
    changedSince(atHome, { atHome: { ...atHome, ...home }, standIn: { ...stopped, ...there } }).join('; ');

  it('nothing: the server that has served is stopped, or follows', () => {
    assert.equal(changed({}), '');
    assert.equal(changed({}, { answered: true, inRecovery: true }), '');
  });

  it('the server that has served takes writes', () =>
    assert.match(changed({}, { answered: true, inRecovery: false, timeline: 2 }), /takes writes on timeline 2/));

  it('the one at home does not answer, takes no writes, or is on another timeline', () => {
    assert.equal(changed({ answered: false, problem: 'it is stopped' }), 'postgres does not answer: it is stopped');
    assert.match(changed({ inRecovery: true }), /takes no writes any more/);
    assert.equal(changed({ timeline: 4 }), 'postgres was on timeline 3, is now on 4');
  });
});

import assert from 'node:assert/strict';
import type { PrimarySample, ServerFacts } from '../../../workflows/contracts/cluster';
import type { SiteReach } from '../../../workflows/contracts/site';
import { judgeSite, leftBehind, type Loss } from '../../../workflows/site/picture';

const primary = { service: 'postgres', answered: true, inRecovery: false } as ServerFacts;
const standIn = {
  service: 'backup-postgres',
  answered: true,
  inRecovery: true,
  receiver: 'streaming',
  receiverSilenceMs: 300,
} as ServerFacts;
const silent = { service: 'postgres', answered: false, problem: 'its engine does not answer' } as ServerFacts;
const answers = { answers: true, says: 'postgres:5432 takes connections' };
const nobody = { answers: false, says: 'postgres:5432 does not answer' };
const well: SiteReach = {
  site: 'primary',
  at: '2026-11-22T17:00:00.000Z',
  engine: { answered: true, says: '20 of 20 containers run' },
  running: ['nginx'],
  containers: 20,
  client: { healthy: true, status: 200, says: 'status 200' },
};
const noClients: SiteReach = { ...well, client: { healthy: false, says: 'ECONNREFUSED' } };
const dead: SiteReach = { ...noClients, engine: { answered: false, says: 'ECONNREFUSED' }, running: [], containers: 0 };

describe('what has happened to a site', () => {
  const pictures: [what: string, loss: Loss, ...Parameters<typeof judgeSite>][] = [
    ['all works', 'nothing', well, [{ primary, standIn, across: answers }]],
    ['nothing answers', 'total', dead, [{ primary: silent, standIn, across: nobody }]],
    ['nobody there can ask', 'total', undefined, [{ primary: silent, standIn, across: nobody }]],
    [
      'nobody there can ask, and the database answers over the network',
      'partial',
      undefined,
      [{ primary: silent, standIn, across: answers }],
    ],
    ['its gateway is gone', 'partial', noClients, [{ primary, standIn, across: answers }]],
    ['its database is gone', 'partial', well, [{ primary: silent, standIn, across: nobody }]],
    [
      'its database is read-only',
      'partial',
      well,
      [{ primary: { ...primary, inRecovery: true }, standIn, across: answers }],
    ],
    ['the wire is cut, and the receiver has not noticed', 'cut', well, [{ primary, standIn, across: nobody }]],
    [
      'the receiver has heard nothing for a while',
      'cut',
      well,
      [{ primary, standIn: { ...standIn, receiverSilenceMs: 30_000 }, across: answers }],
    ],
    ['the other site is not there', 'cut', well, [{ primary, standIn: silent, across: nobody }]],
  ];
  for (const [what, loss, ...seen] of pictures)
    it(`${what}: ${loss}`, () => assert.equal(judgeSite(...seen).loss, loss));
});

describe('a stand-in that takes writes: has it taken over, or was it left behind by a way home', () => {
  const at = { database: {}, site: {} } as Parameters<typeof leftBehind>[0]['survey']['at'];
  const writer = { ...standIn, inRecovery: false, timeline: 2 };
  const behind = (home: Partial<ServerFacts>, sampled?: number, chosen: ServerFacts = writer): string | undefined =>
    leftBehind({
      survey: {
        at,
        primary: { ...primary, ...home },
        standbys: [],
        ...(sampled === undefined ? {} : { sample: { service: 'postgres', timeline: sampled } as PrimarySample }),
      },
      chosen,
    });

  it('home was on the timeline before: it has taken over', () => {
    assert.equal(behind({ timeline: 1 }), undefined);
    assert.equal(behind({ answered: false, timeline: 0 }, 1), undefined);
    assert.equal(behind({ answered: false, timeline: 0 }), undefined, 'nobody knows of a newer one');
  });

  it('home is on a newer timeline, or was seen on one: it was left behind', () => {
    const says = /backup-postgres takes writes on timeline 2, and postgres was on 3: .* Stop it/;
    assert.match(behind({ timeline: 3 }) ?? '', says);
    assert.match(behind({ answered: false, timeline: 0 }, 3) ?? '', says);
  });

  it('it takes no writes: that is for others to judge', () =>
    assert.equal(behind({ timeline: 3 }, 3, { ...writer, inRecovery: true }), undefined));
});

import assert from 'node:assert/strict';
import type { ServerFacts } from '../../../workflows/contracts/cluster';
import type { SiteReach } from '../../../workflows/contracts/site';
import { judgeSite, type Loss } from '../../../workflows/site/picture';

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

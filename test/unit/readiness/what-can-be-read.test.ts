import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { checkAccess, type CheckAccess } from '../../../activities/files';
import { checkChannels } from '../../../activities/notify';
import type { Channels, Plan } from '../../../plan';
import type { AccessFacts, ChannelFacts } from '../../../workflows/contracts/readiness';
import { accessOf } from '../../../workflows/readiness/needs';
import { thePlan } from './facts';

describe('what recovery could read, write and tell', () => {
  let folder: string;
  let plan: Plan;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dr-access-'));
    plan = await thePlan();
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => delete process.env['DR_TEST_WEBHOOK']);

  const look = (args: CheckAccess): Promise<AccessFacts> => new MockActivityEnvironment().run(checkAccess, args);
  const channelsOf = async (changed: Partial<Channels>): Promise<ChannelFacts[]> =>
    (await new MockActivityEnvironment().run(checkChannels, {
      channels: { ...plan.channels, ...changed },
    })) as ChannelFacts[];

  it('a secret that is not there is named by its place; one that is there is not repeated', async () => {
    writeFileSync(join(folder, '.env'), 'PG_PASSWORD=hunter2-hunter2\n');
    const at = (key: string) => ({ what: key, reference: { envFile: join(folder, '.env'), key } });
    const { secrets } = await look({ secrets: [at('PG_PASSWORD'), at('OTHER')], paths: [] });
    assert.deepEqual(secrets[0], { what: 'PG_PASSWORD' });
    assert.match(secrets[1]?.problem ?? '', /has no value for OTHER/);
    assert.doesNotMatch(JSON.stringify(secrets), /hunter2/);
  });

  it('a file that is not there yet counts as its directory, and nothing is written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const before = readdirSync(folder);
    const { paths } = await look({
      secrets: [],
      paths: [
        { what: 'there', path: join(folder, 'file') },
        { what: 'to be made', path: join(folder, 'a', 'b', 'c') },
        { what: 'impossible', path: join(folder, 'file', 'x') },
      ],
    });
    assert.deepEqual(
      paths.map(({ problem }) => problem),
      [undefined, undefined, 'cannot be written: ENOTDIR'],
    );
    assert.deepEqual(readdirSync(folder), before);
  });

  it('what a site needs is in the plan: secrets of its databases and stores, and the files that procedures change', () => {
    const [primary, backup] = plan.sites;
    const { secrets, paths } = accessOf(plan, primary!);
    assert.ok(secrets.some(({ what }) => /pass phrase of the repository of shandi/.test(what)));
    assert.ok(paths.some(({ path }) => path.endsWith('databases.ini')));
    assert.deepEqual(accessOf(plan, backup!).secrets, []);
  });

  it('a channel without a server or an account is not configured, and no fault', async () => {
    const found = await channelsOf({});
    assert.deepEqual(
      found.map(({ channel, configured, problem }) => [channel, configured, problem]),
      ['email', 'sms', 'slack', 'status-api'].map((one) => [one, false, undefined]),
    );
  });

  it('a secret that is missing, or is no address, is named; its value is not', async () => {
    const slackWebhook = { env: 'DR_TEST_WEBHOOK' };
    const slack = async (): Promise<string> =>
      (await channelsOf({ slackWebhook })).find((one) => one.channel === 'slack')?.problem ?? 'none';
    assert.match(await slack(), /DR_TEST_WEBHOOK of the worker is empty or not set/);
    process.env['DR_TEST_WEBHOOK'] = 'not-an-address-at-all';
    assert.match(await slack(), /does not hold an http\(s\) address/);
    assert.doesNotMatch(await slack(), /not-an-address/);
    process.env['DR_TEST_WEBHOOK'] = 'https://hooks.example.com/services/abcdefgh';
    assert.equal(await slack(), 'none');
  });
});

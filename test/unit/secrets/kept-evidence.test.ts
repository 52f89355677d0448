/** Evidence of a service is handed to others: no value of its environment is in it, whatever the variable is called. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { keepServiceEvidence } from '../../../activities/docker/keep-service-evidence';
import { redact } from '../../../activities/shared/redact';
import { FakeContainer } from '../../support/fake-container';

const logger = new DefaultLogger('ERROR', () => undefined);
const values = {
  SMTP_PWD: 'hunter-two-"quoted"',
  SENTRY_DSN: 'https://0a1b2c3d@sentry.example/42?x=ü',
  UPSTREAM_AUTH: 'Basic dXNlcjpwdw==',
  LEVEL: 'debug7',
  BUILT_IN: 'value of the image',
};

describe('evidence that is kept of a service', () => {
  let container: FakeContainer;
  let folder: string;
  const home = process.env['DR_HOME'];
  beforeEach(async () => {
    container = await FakeContainer.listen();
    folder = mkdtempSync(join(tmpdir(), 'kept-evidence-'));
    process.env['DR_HOME'] = folder;
  });
  afterEach(() => {
    if (home === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = home;
    container.close();
    rmSync(folder, { recursive: true });
  });

  it('holds the names of its environment and of that of its image, and no value', async () => {
    const { BUILT_IN, ...own } = values;
    container.answers['/changes'] = [{ Path: '/srv/content-service', Kind: 1 }];
    container.env = Object.entries(own)
      .map(([name, value]) => `${name}=${value}`)
      .concat('SERVICE_NAME=content-service');
    container.state = { ...container.state, Running: false };
    container.answers['1/json'] = { Id: 'sha256:1', Config: { Env: [`BUILT_IN=${BUILT_IN}`] } };
    container.answers['/history'] = [
      { CreatedBy: `ENV BUILT_IN=${BUILT_IN}` },
      { CreatedBy: '/bin/sh -c #(nop)  ENV BUILT_IN=k=v short' },
      { CreatedBy: 'ARG NPM=abc' },
      { CreatedBy: 'RUN |1 NPM=abc /bin/sh -c npm ci' },
    ];
    const used = `serve --auth ${values.UPSTREAM_AUTH} ${encodeURIComponent(values.SENTRY_DSN)}`;
    container.answers['/top'] = { Titles: ['ARGS'], Processes: [[used]] };

    await new MockActivityEnvironment({}, { logger }).run(keepServiceEvidence, {
      site: container.site,
      service: 'content-service',
      containerId: container.id,
    });

    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const text = (end: string): string => {
      const file = files.find((one) => one.name.endsWith(end)) ?? assert.fail(`no ${end}`);
      return readFileSync(join(file.parentPath, file.name), 'utf8');
    };
    const all = files.map(({ name }) => text(name)).join('\n');
    for (const [name, value] of Object.entries(values)) {
      assert.ok(all.includes(`${name}=[value]`), name);
      for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
        assert.ok(!all.includes(form), `${name} is in the evidence`);
    }
    assert.match(text('processes.txt'), /serve --auth \[value\] \[value\]/);
    assert.match(text('changes.txt'), /A \/srv\/content-service/);
    const image = JSON.parse(text('image.json')) as { history: { CreatedBy: string }[] };
    assert.deepEqual(
      image.history.map(({ CreatedBy }) => CreatedBy),
      [
        'ENV BUILT_IN=[value]',
        '/bin/sh -c #(nop)  ENV BUILT_IN=[value]',
        'ARG NPM=[value]',
        'RUN |1 [value] /bin/sh -c npm ci',
      ],
    );
    assert.equal(redact(values.UPSTREAM_AUTH), values.UPSTREAM_AUTH, 'other texts of this process are as they were');
  });
});

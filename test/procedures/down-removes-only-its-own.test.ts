/**
 * Someone tidies up the stand-in on a machine where another platform has its name: production is called `shandi`, too. What
 * is not the stand-in's stays where it is, to the container, and the sentence says whose it is.
 */
import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureState, ensureVolumes, platformDown } from '../../platform/lifecycle';
import { compose } from '../../platform/lifecycle/compose';
import { composeFile, keyDirectory, stateDirectory } from '../../platform/lifecycle/layout';
import { docker } from '../support/docker';
import { portOffset, project as underTest } from '../support/names';

const project = `${underTest}-decoy`;
const image = 'shandi/redis:1';

describe('down removes only its own', function () {
  this.timeout(60_000);
  /** Things of somebody else, removed by id at the end. */
  const decoys: string[] = [];

  const decoy = async (labels: Record<string, string>): Promise<string> => {
    const { id } = await docker.createContainer({ Image: image, Labels: { 'test.decoy': project, ...labels } });
    decoys.push(id);
    return id;
  };
  const ofProject = (files?: string): Record<string, string> => ({
    'com.docker.compose.project': project,
    ...(files ? { 'com.docker.compose.project.config_files': files } : {}),
  });
  const containers = async (label: string): Promise<string[]> =>
    (await docker.listContainers({ all: true, filters: { label: [label] } })).map((one) => one.Id).sort();
  const volumes = async (): Promise<string[]> => {
    const filters = { label: [`dr.platform=${project}`] } as unknown as string;
    return ((await docker.listVolumes({ filters })).Volumes ?? []).map((one) => one.Name).sort();
  };
  const networks = async (): Promise<string[]> =>
    (await docker.listNetworks({ filters: { label: [`com.docker.compose.project=${project}`] } })).map((one) => one.Id);
  const everything = async (): Promise<unknown> => ({
    containers: await containers(`com.docker.compose.project=${project}`),
    volumes: await volumes(),
    networks: await networks(),
    state: existsSync(stateDirectory(project)),
  });
  const forget = async (): Promise<void> => {
    for (const id of [...decoys.splice(0), ...(await containers(`test.decoy=${project}`))])
      await docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined);
  };
  /** A container that was never started, with its network, volumes and state: all that removing has to do with. */
  const bringUp = async (): Promise<void> => {
    await ensureVolumes(project, await ensureState(project, portOffset + 500));
    await compose(project, 'prod', ['create', 'redis']);
  };

  before(async () => {
    await forget();
    await platformDown({ project });
  });
  afterEach(async () => {
    await forget();
    await platformDown({ project });
  });

  it('its containers, networks, volumes and state go; what has another project, no file or no label stays', async () => {
    await bringUp();
    const made = await decoy({ 'dr.platform': project, 'dr.role': 'toolbox' });
    const stays = [
      await decoy(ofProject()),
      await decoy({ ...ofProject(composeFile('prod')), 'com.docker.compose.project': `${project}-2` }),
      await decoy({ 'dr.platform': `${project}-2` }),
      await decoy({}),
    ];
    assert.ok(existsSync(keyDirectory(project)));
    const result = await platformDown({ project });

    assert.deepEqual(result, { project, containers: 2, networks: 1, volumes: 4 });
    assert.deepEqual(await containers(`test.decoy=${project}`), stays.sort());
    assert.ok(!stays.includes(made));
    assert.deepEqual([await volumes(), await networks(), existsSync(stateDirectory(project))], [[], [], false]);
    assert.equal(existsSync(keyDirectory(project)), false, 'the key pair goes with the backups');
  });

  it('a project that belongs to another compose file is refused, and nothing of it is touched', async () => {
    await bringUp();
    await decoy(ofProject('/srv/shandi/docker-compose.prod.yml'));
    const before = await everything();
    await assert.rejects(
      platformDown({ project }),
      /belongs to \/srv\/shandi\/docker-compose\.prod\.yml, not to this checkout.*nothing was changed/,
    );
    assert.deepEqual(await everything(), before);
  });

  it('what a killed test run of another checkout left behind is swept up by the next', async () => {
    await bringUp();
    await decoy(ofProject('/srv/clone/platform/compose/docker-compose.prod.yml'));
    await compose(project, 'prod', ['down']);
    rmSync(stateDirectory(project), { recursive: true });
    const result = await platformDown({ project, anyCheckout: true });
    assert.deepEqual(result, { project, containers: 1, networks: 0, volumes: 4 });
    assert.deepEqual([await volumes(), await containers(`test.decoy=${project}`)], [[], []]);
  });

  it('volumes of which only a label says whose they are stay', async () => {
    await bringUp();
    await compose(project, 'prod', ['down']);
    rmSync(stateDirectory(project), { recursive: true });
    const before = await everything();
    await assert.rejects(platformDown({ project }), /_pgdata.* carry the label dr\.platform=.*nothing was removed/);
    assert.deepEqual(await everything(), before);
    // So that the hook can: the state is what tells.
    await ensureState(project, portOffset + 500);
  });

  it('the front door has a certificate whose key fits, readable by its owner only', async () => {
    await ensureState(project, portOffset + 500);
    const read = (name: string): string => readFileSync(join(stateDirectory(project), 'certs', name), 'utf8');
    const certificate = new X509Certificate(read('server.crt'));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(read('server.key'))));
    assert.equal(certificate.checkHost('api.theshandi.com'), 'api.theshandi.com');
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  });
});

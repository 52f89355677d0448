import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import type { IsolatedAt, KeptEvidence } from '../../workflows/contracts/isolation';
import { drFailure, problemOf } from '../../workflows/contracts/errors';
import { inspectContainer, labels } from '../shared/containers';
import { readLog } from '../shared/container-log';
import { onEngine } from '../shared/engine';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { runOneShot } from '../shared/one-shot';
import { rememberSecretsIn, rememberSecretsOf } from '../shared/redact';
import { historyWithoutValues, namesOnly, withoutValues } from './evidence-values';
import { socketsOf } from './sockets';

/** Lines that are kept of its log. */
const tail = 50_000;

/**
 * Keeps what a container can tell as files with checksums: its description, its processes, its connections, the files that
 * differ from its image, its log, its image. Reads only, and starts nothing inside it: a program of a container that is not
 * trusted would tell what it likes. Secrets are struck out, and every value of
 * its environment: a secret need not be called one. What cannot be read is named, and the rest is kept all the same.
 * @throws DR-NOT-OURS, DR-SERVICE when the container is gone
 */
export async function keepServiceEvidence({ site, service, containerId }: IsolatedAt): Promise<KeptEvidence> {
  return withHeartbeat(`keeping evidence of ${service}`, async (_beat, signal) => {
    const info = await inspectContainer(site, containerId);
    if (!info) throw drFailure('DR-SERVICE', `container ${containerId} of service ${service} is gone`);
    demandService(site, service, info);
    await rememberSecretsOf(site);
    rememberSecretsIn(variablesOf(info));
    const parts: [title: string, file: string, read: () => Promise<string>][] = [
      ['Description', 'inspect.json', () => Promise.resolve(json(namesOnly(info)))],
      ['Processes', 'processes.txt', () => processes(site, containerId)],
      ['Connections', 'connections.txt', () => connections(site, info, signal)],
      ['Changed files', 'changes.txt', () => changes(site, containerId)],
      ['Log', 'container.log', () => readLog(site, containerId, { tail, timestamps: true })],
      ['Image', 'image.json', () => image(site, info.Image)],
    ];
    const strike = withoutValues([...(info.Config.Env ?? []), ...(await imageEnv(site, info.Image))], service);
    const prefix = `${service}-${containerId.slice(0, 12)}`;
    const kept = await Promise.all(
      parts.map(async ([title, file, read]) => {
        try {
          return { ref: await saveEvidence(`${title} of ${service}`, `${prefix}-${file}`, strike(await read())) };
        } catch (error) {
          signal.throwIfAborted();
          return { missing: `${title}: ${problemOf(error).message}` };
        }
      }),
    );
    const evidence = kept.flatMap(({ ref }) => ref ?? []);
    // One file that vouches for all of them: whoever keeps its checksum elsewhere can prove the rest.
    const sums = evidence.map(({ sha256, path }) => `${sha256}  ${path.split('/').at(-1) ?? path}\n`).join('');
    const list = await saveEvidence(`Checksums of the evidence of ${service}`, `${prefix}-SHA256SUMS`, sums);
    return { evidence: [...evidence, list], missing: kept.flatMap(({ missing }) => missing ?? []) };
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const variablesOf = ({ Config }: ContainerInspectInfo): Record<string, string> =>
  Object.fromEntries(
    (Config.Env ?? []).map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );

/** As the machine's own `ps` sees them, from outside. */
async function processes(site: Site, id: string): Promise<string> {
  const { Titles, Processes } = (await onEngine(site, `listing the processes of ${id}`, (engine) =>
    engine.getContainer(id).top({ ps_args: '-eo pid,ppid,user,etime,args' }),
  )) as { Titles: string[]; Processes: string[][] };
  return [Titles, ...Processes].map((row) => `${row.join('\t')}\n`).join('');
}

/** `A`, `C` or `D` and the path: added, changed, deleted since the container was made of its image. */
async function changes(site: Site, id: string): Promise<string> {
  const found = (await onEngine(site, `asking what changed in ${id}`, (engine) =>
    engine.getContainer(id).changes(),
  )) as { Path: string; Kind: 0 | 1 | 2 }[] | null;
  return (found ?? []).map(({ Path, Kind }) => `${['C', 'A', 'D'][Kind] ?? '?'} ${Path}\n`).join('');
}

async function image(site: Site, id: string): Promise<string> {
  const [info, history] = await onEngine(site, `describing image ${id}`, (engine) =>
    Promise.all([engine.getImage(id).inspect(), engine.getImage(id).history() as Promise<unknown>]),
  );
  return json({ info: namesOnly(info), history: historyWithoutValues(history, info.Config.Env ?? []) });
}

/** An image that is gone has told nobody anything. */
async function imageEnv(site: Site, id: string): Promise<string[]> {
  return onEngine(site, `describing image ${id}`, (engine) => engine.getImage(id).inspect()).then(
    ({ Config }) => Config.Env ?? [],
    () => [],
  );
}

/** Read by a container of our own that shares its network, made of the image as it was built. */
async function connections(site: Site, info: ContainerInspectInfo, signal: AbortSignal): Promise<string> {
  if (!info.State.Running) return 'it does not run: it has no connections\n';
  const run = activityInfo().workflowExecution?.workflowId ?? 'none';
  const name = `${site.compose.project}-evidence-${createHash('sha256').update(run).digest('hex').slice(0, 12)}`;
  const { exitCode, stdout, stderr } = await runOneShot(site, {
    name,
    image: info.Image,
    command: ['cat', '/proc/net/tcp', '/proc/net/tcp6', '/proc/net/udp', '/proc/net/udp6'],
    binds: [],
    network: `container:${info.Id}`,
    labels: { [labels.run]: run, [labels.role]: 'evidence', [labels.platform]: site.compose.project },
    signal,
  });
  if (exitCode !== 0) throw drFailure('DR-TOOL', `cat ended with ${exitCode}: ${stderr.trim().slice(0, 200)}`);
  return `${socketsOf(stdout).join('\n')}\n\nAs the kernel has it:\n${stdout}`;
}

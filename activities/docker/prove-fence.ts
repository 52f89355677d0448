import type { ContainerInfo } from 'dockerode';
import type { DatabaseAt, FenceProof } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { containerFacts, findService, inspectContainer } from '../shared/containers';
import { onEngine, withEnginePatience } from '../shared/engine';
import { connectAnswers, connectFromHere, describeAnswers, type ConnectAnswer } from './connect-answers';

export interface ProveFence extends DatabaseAt {
  /** The fenced container, as pre-flight saw it; it may be gone. Empty: none was seen, and the one of its service is meant. */
  containerId: string;
  /** Its data volume. Empty: not known; then that of its container. */
  volume: string;
  /** Address it had in the clients' network, when it is known. */
  oldAddress?: string;
  /** Longest silence of the engine during a call, milliseconds (default 25 000). */
  engineSilenceMs?: number;
}

/**
 * Proves that the damaged server takes no writes: its container is gone, or stopped (or
 * cut off from every network) with restart policy `no`, no running
 * container has its data volume mounted writable or is of its compose service, and a connect to its port is refused:
 * from here, and where that leaves a doubt from the clients' network too. Changes nothing.
 * @throws DR-FENCE-NOT-PROVEN naming everything that speaks against it
 */
export async function proveFence(args: ProveFence): Promise<FenceProof> {
  return withEnginePatience(args.engineSilenceMs, () => prove(args));
}

async function prove(args: ProveFence): Promise<FenceProof> {
  const { site, database } = args;
  const asked = args.containerId ? inspectContainer(site, args.containerId) : findService(site, database.service);
  const volume =
    args.volume || ((await asked)?.Mounts.find((one) => one.Destination === database.dataDirectory)?.Name ?? '');
  const [info, users, ofService, fromHere] = await Promise.all([
    asked,
    volume ? running(args, { volume: [volume] }) : [],
    running(args, {
      label: [`com.docker.compose.project=${site.compose.project}`, `com.docker.compose.service=${database.service}`],
    }),
    connectFromHere(args),
  ]);
  const containerId = args.containerId || (info?.Id ?? '');
  const facts = info ? containerFacts(info, database.dataDirectory) : undefined;
  // What does not run has no network to answer from. Else, and where the port is not clearly shut, it is tried as clients do.
  const settled = !facts?.running && fromHere.answer === 'refused';
  const answers = settled ? [fromHere] : await connectAnswers(args, args.oldAddress);
  const against = [
    // One that outlives a kill, hung in the kernel, is cut off instead.
    ...(facts?.running && facts.networks.length > 0 ? ['it is still running'] : []),
    ...(facts && facts.restartPolicy !== 'no' && facts.restartPolicy !== ''
      ? [`its restart policy is ${facts.restartPolicy}`]
      : []),
    ...users
      .filter((one) => one.Id !== info?.Id && mountsWritable(one, volume))
      .map((one) => `container ${nameOf(one)} runs on its volume ${volume}`),
    ...ofService.filter((one) => one.Id !== info?.Id).map((one) => `container ${nameOf(one)} of its service runs`),
    ...contradictions(answers),
  ];
  if (against.length > 0)
    throw drFailure(
      'DR-FENCE-NOT-PROVEN',
      `container ${containerId.slice(0, 12) || 'none'} of service ${database.service}: ${against.join('; ')}`,
    );
  return {
    container: facts?.name ?? containerId,
    running: false,
    restartPolicy: facts?.restartPolicy ?? 'no',
    connect: describeAnswers(answers),
    provenAt: new Date().toISOString(),
  };
}

/** What connects say against a fence: one that got through, or none that was refused. Silence alone is no proof. */
export function contradictions(answers: ConnectAnswer[]): string[] {
  const open = answers.filter((one) => one.answer === 'connected');
  if (open.length > 0)
    return open.map((one) => `${one.address} still takes connections${one.from ? ` from ${one.from}` : ''}`);
  if (answers.some((one) => one.answer === 'refused')) return [];
  return [`no connect to its port was refused (${describeAnswers(answers) || 'none was tried'})`];
}

/** Running, paused and restarting containers. */
const running = (args: DatabaseAt, filters: Record<string, string[]>): Promise<ContainerInfo[]> =>
  onEngine(args.site, 'looking for servers beside the fenced one', (engine) => engine.listContainers({ filters }));

/** The toolbox reads the damaged volume too, but cannot write to it. */
const mountsWritable = (one: ContainerInfo, volume: string): boolean =>
  one.Mounts.some((mount) => mount.Name === volume && mount.RW);

const nameOf = (one: ContainerInfo): string => one.Names[0]?.replace(/^\//, '') ?? one.Id.slice(0, 12);

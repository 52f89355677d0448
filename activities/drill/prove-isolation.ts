import type { ContainerInfo } from 'dockerode';
import type { Channels, Site } from '../../plan';
import type { DrillCopy, Isolation } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { onEngine } from '../shared/engine';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { listServices } from '../shared/project';

export interface ProveIsolation extends DrillCopy {
  /** Service of the copy whose container tries: one that has bash, such as the database's. */
  from: string;
  /** The sites that serve, of the plan as it is. */
  serving: Site[];
  /** The channels of the plan as it is. */
  channels: Channels;
}

interface Target {
  what: string;
  host: string;
  port: number;
}

/** A try that is dropped on its way ends by this, seconds. */
const patience = 2;
/** Tries at once: each is a program in a container. */
const beside = 6;

/**
 * Tries from inside the copy to reach what serves (each container at each port, each published port by the engine's own
 * address, the mail server) and compares volumes, writable directories and networks. One connection inside the copy must be
 * possible, or the tries prove nothing. Changes nothing.
 * @throws DR-DRILL when the copy has no running container to try from
 */
export async function proveIsolation(args: ProveIsolation): Promise<Isolation> {
  return withHeartbeat('trying to reach what serves from the copy', async (_beat, signal) => {
    const [copy, ...serving] = await Promise.all([args.site, ...args.serving].map((site) => listServices(site)));
    const mine = [...(copy?.values() ?? [])].filter(running);
    const others = serving.flatMap((services) => [...services.values()]);
    const from = copy?.get(args.from);
    if (!from || !running(from))
      throw drFailure('DR-DRILL', `service ${args.from} of the copy does not run, so nothing can be tried from it`);
    const inside = mine.filter(({ Id }) => Id !== from.Id).flatMap((one) => portsOf(one))[0];
    if (!inside) throw drFailure('DR-DRILL', 'no other container of the copy has a port that could be reached');

    const targets = [
      ...others.filter(running).flatMap(portsOf),
      ...published(others, from),
      ...(args.channels.smtp
        ? [{ what: 'mail server', host: args.channels.smtp.host, port: args.channels.smtp.port }]
        : []),
    ];
    const reaches = async ({ host, port }: Target): Promise<boolean> => {
      signal.throwIfAborted();
      const script = 'exec 3<>"/dev/tcp/$0/$1"';
      const command = ['timeout', String(patience), 'bash', '-c', script, host, String(port)];
      return (await execIn(args.site, from.Id, command, { signal, timeoutMs: 20_000 })).exitCode === 0;
    };
    const reached: string[] = [];
    for (let first = 0; first < targets.length; first += beside)
      await Promise.all(
        targets.slice(first, first + beside).map(async (one) => {
          if (await reaches(one)) reached.push(`${one.what} ${one.host}:${one.port}`);
        }),
      );
    return {
      tried: targets.length,
      reached: reached.sort(),
      shared: await sharedWith(args.site, mine, others),
      control: { target: `${inside.host}:${inside.port}`, reached: await reaches(inside) },
    };
  });
}

const running = ({ State }: ContainerInfo): boolean => State === 'running';
const nameOf = ({ Names, Id }: ContainerInfo): string => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12);

/** Each port that a container listens on by its image, at each of its addresses. */
function portsOf(one: ContainerInfo): Target[] {
  const ports = new Set(one.Ports.filter(({ Type }) => Type === 'tcp').map(({ PrivatePort }) => PrivatePort));
  return Object.values(one.NetworkSettings.Networks)
    .map(({ IPAddress }) => IPAddress)
    .filter((host) => host !== '')
    .flatMap((host) => [...ports].map((port) => ({ what: nameOf(one), host, port })));
}

/** Published ports of what serves, at the engine's address in the copy's network: the way round through the machine. */
function published(others: ContainerInfo[], from: ContainerInfo): Target[] {
  const gateways = new Set(
    Object.values(from.NetworkSettings.Networks)
      .map(({ Gateway }) => Gateway)
      .filter((one) => one !== ''),
  );
  const ports = new Map(
    others.flatMap((one) =>
      one.Ports.filter(({ PublicPort }) => PublicPort).map(({ PublicPort }) => [PublicPort, one]),
    ),
  );
  return [...gateways].flatMap((host) =>
    [...ports].map(([port, one]) => ({ what: `published port of ${nameOf(one)}`, host, port })),
  );
}

/** A volume in two places is one volume, whoever may write it; a directory that both only read tells nobody anything. */
async function sharedWith(site: Site, mine: ContainerInfo[], others: ContainerInfo[]): Promise<string[]> {
  const volumes = new Set(
    others.flatMap(({ Mounts }) => Mounts.flatMap(({ Type, Name }) => (Type === 'volume' && Name ? [Name] : []))),
  );
  const directories = new Set(
    others.flatMap(({ Mounts }) => Mounts.flatMap(({ Type, Source, RW }) => (Type === 'bind' && RW ? [Source] : []))),
  );
  const networks = new Set(
    others.flatMap(({ NetworkSettings }) => Object.values(NetworkSettings.Networks).map(({ NetworkID }) => NetworkID)),
  );
  const names = await onEngine(site, 'listing networks', (engine) => engine.listNetworks());
  const shared = mine.flatMap((one) => [
    ...one.Mounts.flatMap(({ Type, Name, Source }) =>
      Type === 'volume' && Name && volumes.has(Name)
        ? [`volume ${Name} of ${nameOf(one)}`]
        : Type === 'bind' && directories.has(Source)
          ? [`directory ${Source} of ${nameOf(one)}`]
          : [],
    ),
    ...Object.values(one.NetworkSettings.Networks)
      .filter(({ NetworkID }) => networks.has(NetworkID))
      .map(
        ({ NetworkID }) => `network ${names.find(({ Id }) => Id === NetworkID)?.Name ?? NetworkID} of ${nameOf(one)}`,
      ),
  ]);
  return [...new Set(shared)].sort();
}

import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import { inspectContainer } from '../shared/containers';
import { onEngine } from '../shared/engine';
import type { ConnectAnswer } from './connect-answers';

/** Networks of the engine itself: they know no names, and `host` and `none` cannot be joined later. */
const builtIn = new Set(['bridge', 'host', 'none']);

/**
 * Puts a container back into networks it was cut off from, under the names Compose gives a container: its service, its own
 * name and its short id. A network it is in without the name of its service (the engine rejoins one by itself when a container
 * starts, and forgets the names) is left and joined again. Safe to repeat.
 * @param networks those it was in before
 * @returns those it had to be put into
 */
export async function reconnect(site: Site, info: ContainerInspectInfo, networks: string[]): Promise<string[]> {
  const missing = networks.filter((name) => !builtIn.has(name) && !knownIn(info, name));
  for (const name of missing)
    await onEngine(site, `connecting ${info.Id} to network ${name}`, async (engine) => {
      const network = engine.getNetwork(name);
      if (info.NetworkSettings.Networks[name]) await network.disconnect({ Container: info.Id, Force: true });
      try {
        await network.connect({ Container: info.Id, EndpointConfig: { Aliases: namesOf(info) } });
      } catch (error) {
        // An earlier try may have done it and died before it could say so.
        const now = await inspectContainer(site, info.Id);
        if (!now || !knownIn(now, name)) throw error;
      }
    });
  return missing;
}

const serviceOf = (info: ContainerInspectInfo): string | undefined => info.Config.Labels['com.docker.compose.service'];

const namesOf = (info: ContainerInspectInfo): string[] => [
  ...new Set([info.Name.replace(/^\//, ''), serviceOf(info) ?? '', info.Id.slice(0, 12)].filter((one) => one !== '')),
];

function knownIn(info: ContainerInspectInfo, network: string): boolean {
  const endpoint = info.NetworkSettings.Networks[network] as { Aliases?: string[] | null } | undefined;
  const service = serviceOf(info);
  return endpoint !== undefined && (service === undefined || (endpoint.Aliases ?? []).includes(service));
}

/**
 * Whether connects show that clients reach a server: by its name from the pooler where that can be tried, else on its
 * published port from here.
 */
export function reachable(answers: ConnectAnswer[]): boolean {
  const tried = answers.filter((one) => one.answer !== 'unknown');
  const fromPooler = tried.filter((one) => one.from !== undefined);
  return (fromPooler.length > 0 ? fromPooler : tried).some((one) => one.answer === 'connected');
}

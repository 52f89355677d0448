import type { ContainerInfo } from 'dockerode';
import type { Service, Site } from '../../plan';
import type { ProjectFacts, ProjectService } from '../../workflows/contracts/system';
import { problemOf } from '../../workflows/contracts/errors';
import { composeImages } from '../shared/compose';
import { onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { askPage, healthUrl } from '../shared/http-health';
import { listServices } from '../shared/project';

export interface InspectProject {
  site: Site;
  /** Compose services that are looked at. */
  services: string[];
  /** Those of them that have a health page. */
  health: Pick<Service, 'name' | 'port' | 'health'>[];
}

/**
 * Looks at many services of a project at once: two questions to the engine and one to Compose whatever their number, and
 * one to the health page of each that runs. What does not answer is an answer.
 * @throws DR-ENGINE when the engine does not answer
 */
export async function inspectProject({ site, services, health }: InspectProject): Promise<ProjectFacts> {
  return withHeartbeat(`looking at ${services.length} services`, async (_beat, signal) => {
    const running = listServices(site);
    const [containers, described, images, answers] = await Promise.all([
      running,
      composeImages(site, signal).then(
        (project) => ({ project, problem: undefined }),
        (error: unknown) => {
          signal.throwIfAborted();
          return { project: new Map<string, string>(), problem: problemOf(error).message };
        },
      ),
      imagesOf(site),
      running.then((found) => askAll(site, health, found, signal)),
    ]);
    const { project, problem } = described;
    return {
      site: site.name,
      at: new Date().toISOString(),
      services: services.map((service): ProjectService => {
        const container = containers.get(service);
        const entry = project.get(service);
        const said = answers.get(service);
        return {
          service,
          state: stateOf(container),
          ...(container ? { containerId: container.Id } : {}),
          ...(entry ? { image: { name: entry, there: images.has(entry) } } : {}),
          ...(said ? { health: said } : {}),
        };
      }),
      ...(problem === undefined ? {} : { problem }),
    };
  });
}

async function askAll(
  site: Site,
  services: InspectProject['health'],
  containers: Map<string, ContainerInfo>,
  signal: AbortSignal,
): Promise<Map<string, Awaited<ReturnType<typeof askPage>>>> {
  const run = services.filter(({ name }) => stateOf(containers.get(name)) === 'running');
  const asked = run.map(async (one) => [one.name, await askPage(site, healthUrl(site, one), signal)] as const);
  return new Map(await Promise.all(asked));
}

function stateOf(container: ContainerInfo | undefined): ProjectService['state'] {
  if (!container) return 'none';
  const { State } = container;
  return State === 'running' || State === 'paused' || State === 'restarting' ? State : 'stopped';
}

/** By every name they have: an image without a tag is known as `latest`. */
async function imagesOf(site: Site): Promise<Set<string>> {
  const found = await onEngine(site, 'listing images', (engine) => engine.listImages());
  const names = found.flatMap(({ Id, RepoTags, RepoDigests }) => [Id, ...(RepoTags ?? []), ...(RepoDigests ?? [])]);
  return new Set(names.flatMap((name) => [name, name.replace(/:latest$/, '')]));
}

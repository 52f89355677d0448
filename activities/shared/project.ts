import type { ContainerInfo } from 'dockerode';
import type { Site } from '../../plan';
import { onEngine } from './engine';

/** The containers of a Compose project by service, in one question to the engine; of several the one that runs. */
export async function listServices(site: Site): Promise<Map<string, ContainerInfo>> {
  const found = await onEngine(site, `listing the containers of ${site.compose.project}`, (engine) =>
    engine.listContainers({
      all: true,
      filters: {
        label: [`com.docker.compose.project=${site.compose.project}`, 'com.docker.compose.oneoff=False'],
      },
    }),
  );
  const byService = new Map<string, ContainerInfo>();
  for (const one of found) {
    const service = one.Labels['com.docker.compose.service'] ?? '';
    if (byService.get(service)?.State !== 'running') byService.set(service, one);
  }
  return byService;
}

import type { CopyLeft, DrillCopy } from '../../workflows/contracts/drill';
import { onEngine } from '../shared/engine';

/** Containers and volumes of the copy's project, running or not; of its other sites too. @throws DR-ENGINE */
export async function copyLeft({ site, drills }: DrillCopy): Promise<CopyLeft> {
  const mine = (project: string | undefined): boolean =>
    project !== undefined && (project === drills.project || project.startsWith(`${drills.project}-`));
  const [containers, { Volumes }] = await Promise.all([
    onEngine(site, 'listing containers', (engine) =>
      engine.listContainers({ all: true, filters: { label: ['com.docker.compose.project'] } }),
    ),
    onEngine(site, 'listing volumes', (engine) => engine.listVolumes()),
  ]);
  return {
    containers: containers
      .filter(({ Labels }) => mine(Labels['com.docker.compose.project']))
      .map(({ Id, Names }) => Names[0]?.replace(/^\//, '') ?? Id),
    volumes: (Volumes ?? []).map(({ Name }) => Name).filter((name) => mine(name.split('_')[0])),
  };
}

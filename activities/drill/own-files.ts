import { resolve } from 'node:path';
import type { DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { onEngine } from '../shared/engine';

/**
 * A directory is one that a container of the copy uses, and that no container of anybody else does: that its name follows the
 * project is no proof. A worker that has the whole checkout mounted uses none of it in particular.
 * @param folder absolute
 * @throws DR-DRILL (never retried)
 */
export async function demandOwnFiles({ site, drills }: DrillCopy, folder: string): Promise<void> {
  const all = await onEngine(site, 'listing containers', (engine) => engine.listContainers({ all: true }));
  const users = all.filter(({ Mounts }) =>
    Mounts.some(({ Type, Source }) => Type === 'bind' && isIn(resolve(Source), folder)),
  );
  const projects = new Set(users.map(({ Labels }) => Labels['com.docker.compose.project'] ?? 'of no name'));
  const mine = (project: string): boolean => project === drills.project || project.startsWith(`${drills.project}-`);
  const others = [...projects].filter((project) => !mine(project));
  if (projects.size > 0 && others.length === 0) return;
  throw drFailure(
    'DR-DRILL',
    `asked to change files in ${folder}, which ${projects.size === 0 ? 'no container of the copy uses' : `project ${others.join(', ')} uses`}`,
  );
}

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

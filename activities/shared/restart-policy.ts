import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import type { RestartPolicy } from '../../workflows/contracts/isolation';
import { onEngine } from './engine';

/** The restart policy of a container; the engine says nothing where it has none. */
export function restartPolicyOf({ HostConfig }: Pick<ContainerInspectInfo, 'HostConfig'>): RestartPolicy {
  const { Name, MaximumRetryCount } = HostConfig.RestartPolicy ?? {};
  return { name: Name || 'no', retries: MaximumRetryCount ?? 0 };
}

/** Gives a container a restart policy. Nothing is asked of the engine where it has it already: safe to repeat. */
export async function putRestartPolicy(site: Site, info: ContainerInspectInfo, policy: RestartPolicy): Promise<void> {
  const { name, retries } = restartPolicyOf(info);
  if (name === policy.name && retries === policy.retries) return;
  await onEngine(site, `setting restart policy of ${info.Id}`, (engine) =>
    engine.getContainer(info.Id).update({ RestartPolicy: { Name: policy.name, MaximumRetryCount: policy.retries } }),
  );
}

import type { ContainerInspectInfo } from 'dockerode';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose, composeVariable } from '../shared/compose';
import { findService } from '../shared/containers';
import { setEnvVariable } from '../shared/env-file';
import { isolated } from '../shared/isolated';
import { askUntilWell, healthUrl } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';

export interface RepointServices extends DatabaseAt {
  /** Key of the site's env file that holds the address. */
  variable: string;
  /** Address of the new primary in the services' network. */
  host: string;
  /** Services by tier, the most urgent first; one tier is served before the next is touched. */
  tiers: string[][];
  /** Where each answers when it is healthy. */
  services: { name: string; port: number; healthPath: string }[];
  approval: ApprovalReference;
  /** How long a tier may take to be healthy again, milliseconds (default 60 000). */
  deadlineMs?: number;
}

export interface RepointedServices {
  from: string | undefined;
  to: string;
  /** Services whose containers were made anew. */
  restarted: string[];
  /** Services that were left alone, because somebody holds them still: they have the old address. Absent: none. */
  isolated?: string[];
  durationMs: number;
}

/**
 * Tells services that hold the database's address themselves: sets the variable in the site's env file and has Compose make
 * their containers anew, tier by tier, each proven by its own health check before the next tier. Services that run with
 * the new value already are left alone, one that somebody had stopped stays stopped, and one that is frozen or cut off stays as it is: it is evidence.
 * @throws DR-APPROVAL-MISSING, DR-COMPOSE, DR-SERVICE when a service does not become healthy
 */
export async function repointServices(args: RepointServices): Promise<RepointedServices> {
  demandApproval(args.approval);
  const began = Date.now();
  const { site, variable, host } = args;
  return withHeartbeat(`telling services that ${variable} is ${host}`, async (beat, signal) => {
    const from = await composeVariable(site, variable);
    if (from !== host) await setEnvVariable(site, variable, host);
    const restarted: string[] = [];
    const left: string[] = [];
    for (const tier of args.tiers) {
      const before = await Promise.all(tier.map((name) => findService(site, name)));
      const running = tier.filter((name, index) => {
        const info = before[index];
        if (!info?.State.Running) return false;
        if (isolated(info)) left.push(name);
        return !isolated(info);
      });
      if (running.length === 0) continue;
      beat({ what: 'restarting services', text: running.join(', ') });
      await compose(site, ['up', '-d', '--no-deps', ...running], signal);
      const after = await Promise.all(running.map((name) => findService(site, name)));
      restarted.push(...running.filter((name, index) => idOf(before[tier.indexOf(name)]) !== idOf(after[index])));
      await Promise.all(running.map((name) => healthy(args, name, signal)));
    }
    return {
      from,
      to: host,
      restarted,
      ...(left.length > 0 ? { isolated: left } : {}),
      durationMs: Date.now() - began,
    };
  });
}

const idOf = (info: ContainerInspectInfo | undefined): string => info?.Id ?? '';

async function healthy(args: RepointServices, name: string, signal: AbortSignal): Promise<void> {
  const service = args.services.find((one) => one.name === name);
  if (!service) return;
  const url = healthUrl(args.site, { port: service.port, health: { path: service.healthPath } });
  const answer = await askUntilWell(args.site, url, { deadlineMs: args.deadlineMs ?? 60_000, signal });
  if (answer.healthy) return;
  throw drFailure(
    'DR-SERVICE',
    `service ${name} is not healthy at ${url} with ${args.variable}=${args.host}: ${answer.says}`,
    { retry: true },
  );
}

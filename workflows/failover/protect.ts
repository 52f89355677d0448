/** Phase 5: the clients are served; complete the archive, tell the services that hold the address, ask the witnesses. */
import type { Approval } from '../contracts/approval';
import type { PromotedStandby } from '../contracts/cluster';
import type { Run } from '../kernel/run';
import { beside, type Cluster } from './context';
import type { Opened } from './promote';

/** What has to be known of a promotion to protect what came of it. */
export interface ToProtect extends Pick<Opened, 'at' | 'approval'> {
  promoted: Pick<PromotedStandby, 'service' | 'timeline' | 'formerTimeline' | 'forkLsn'>;
}

/** None of this is in the RTO; each part may be skipped on record. */
export async function protect(run: Run, cluster: Cluster, opened: ToProtect): Promise<Record<string, unknown>> {
  const { at, promoted, approval } = opened;
  const on = beside({ site: at.site.name });
  const [archived, services] = await Promise.all([
    run.optional(
      'Complete the archive of the old timeline',
      () =>
        on.change.archiveTail({
          ...at,
          timeline: promoted.formerTimeline,
          forkLsn: promoted.forkLsn,
          newTimeline: promoted.timeline,
          approval: approval.reference,
        }),
      (value) => `${value.pushed.length} segment(s) and the history of timeline ${promoted.timeline} pushed`,
    ),
    tellServices(run, cluster, promoted, approval),
  ]);
  const check = await run.optional(
    'Check the archive',
    () => on.change.archiveCheck(at),
    (value) => `segment ${value.segment} arrived`,
  );
  return { archived: archived?.pushed ?? null, services, archiveCheck: check?.segment ?? null };
}

/** Services that hold the address of the database themselves, restarted tier by tier. */
export async function tellServices(
  run: Run,
  cluster: Cluster,
  { service }: Pick<PromotedStandby, 'service'>,
  approval: Approval,
): Promise<string[]> {
  const { plan, home } = cluster;
  const restarted: string[] = [];
  for (const { variable, services } of home.database.addressedBy) {
    const tiers = plan.tiers.map((tier) =>
      services.filter((name) => plan.services.find((one) => one.name === name)?.tier === tier.name),
    );
    const told = await run.optional(
      `Tell ${services.join(', ')} the new address`,
      () =>
        beside({ site: home.site.name }).change.repointServices({
          ...home,
          host: service,
          approval: approval.reference,
          variable,
          tiers: tiers.filter((names) => names.length > 0),
          services: plan.services
            .filter((one) => services.includes(one.name))
            .map((one) => ({ name: one.name, port: one.port, healthPath: one.health.path })),
        }),
      (value) =>
        `${variable}=${value.to}; restarted: ${value.restarted.join(', ') || 'none'}${value.isolated ? `; left alone, frozen or cut off: ${value.isolated.join(', ')}` : ''}`,
    );
    for (const name of told?.isolated ?? [])
      run.problem({
        code: 'DR-SERVICE',
        message: `${name} is frozen or cut off, so it was not made anew: it has the old address of the database`,
        next: `When it is trusted again: lift its isolation, then ./dr recover service ${name} --first recreate --reason "WHY"`,
      });
    restarted.push(...(told?.restarted ?? []));
  }
  return restarted;
}

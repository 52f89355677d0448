/** Services and the gateway: started together, awaited wave by wave; one that does not come back by a start gets a run of its own. */
import type { PageAnswer } from '../../activities/health';
import type { Service } from '../../plan';
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { serviceResource } from '../contracts/names';
import type { AwaitedService, StartedService } from '../contracts/system';
import { duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { recoverWith, whyNot } from './child';
import type { System } from './context';
import { namesOf, type Waves } from './order';

/** Time for a page to come back through the gateway, milliseconds: it leaves a server out for a while after it failed. */
const pageDeadlineMs = 45_000;

/** Starts what does not run, and brings every service of the waves back. @returns services that were not brought back */
export async function recoverServices(
  run: Run,
  system: System,
  waves: Waves,
  valid: Approval,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  if (waves.length === 0) return [];
  const started = await start(run, system, namesOf(waves), valid);
  // The gateway resolves the names of its upstreams when it starts: they have containers now.
  const beside = meanwhile();
  // Whoever ends the run meanwhile has it fail before it is waited for.
  beside.catch(() => undefined);
  const lost: string[] = [];
  for (const wave of waves) lost.push(...(await recoverWave(run, system, wave, started, valid)));
  await beside;
  return lost;
}

async function start(run: Run, { site, on }: System, services: string[], valid: Approval): Promise<StartedService[]> {
  const count = (all: StartedService[], how: StartedService['how']): number =>
    all.filter((one) => one.how === how).length;
  return run.change(
    services.length > 4 ? `Start ${services.length} services` : `Start ${services.join(', ')}`,
    () => on.brief.startServices({ site, services, approval: valid.reference }),
    {
      outcome: (all) =>
        [
          `${count(all, 'started')} started, ${count(all, 'made')} made anew, ${count(all, 'ran')} ran`,
          ...all.filter((one) => one.how === 'failed').map(({ service, problem }) => `${service}: ${problem ?? ''}`),
        ].join('; '),
    },
  );
}

/** The services of one wave are well, or have had a run of their own. */
async function recoverWave(
  run: Run,
  system: System,
  wave: Service[],
  started: StartedService[],
  valid: Approval,
): Promise<string[]> {
  const { site, on } = system;
  const idOf = (service: Service): string => started.find((one) => one.service === service.name)?.containerId ?? '';
  const startedWell = wave.filter((one) =>
    started.some(({ service, how }) => service === one.name && how !== 'failed'),
  );
  const longest = Math.max(0, ...wave.map((one) => one.health.startPeriod));
  const until = Date.now() + longest;
  const answers =
    startedWell.length === 0
      ? []
      : await run.probe(
          `Wait until ${startedWell.length > 4 ? `${startedWell.length} services` : startedWell.map((one) => one.name).join(', ')} can work`,
          () =>
            on.probe.awaitServices({
              site,
              services: startedWell.map((service) => ({ service, containerId: idOf(service) })),
              until,
            }),
          describe,
        );
  const unwell = wave.filter((one) => !answers.some(({ service, healthy }) => service === one.name && healthy));
  const lost = await Promise.all(
    unwell.map((one) => (system.away ? startAgain(run, system, one, valid) : recoverOne(run, system, one))),
  );
  return lost.flat();
}

/** A run of its own: it looks closer, takes one measure after the other, and asks where the plan does not allow one. */
async function recoverOne(run: Run, system: System, service: Service): Promise<string[]> {
  const end = await recoverWith(run, system, {
    title: `Recover ${service.name}`,
    procedure: 'serviceRecovery',
    resource: serviceResource(service.name),
    input: { service: service.name, page: false },
  });
  const why = whyNot(end);
  if (why === undefined) return [];
  run.record.problem({
    code: 'DR-SERVICE',
    message: `${service.name} was not brought back: ${why}`,
    next: `Mend it, then: dr recover service ${service.name}`,
  });
  return [service.name];
}

/** Away from home a run of its own would work on the other site: the service is started again, and the run is held where that does not help. */
async function startAgain(run: Run, { site, on }: System, service: Service, valid: Approval): Promise<string[]> {
  const { name, health } = service;
  const done = await run.optional(`Start ${name} again at site ${site.name}`, async () => {
    const [started] = await on.brief.startServices({ site, services: [name], approval: valid.reference });
    const containerId = started?.containerId ?? '';
    if (!started || started.how === 'failed')
      throw drFailure(
        'DR-SERVICE',
        `${name} does not run at site ${site.name}: ${started?.problem ?? 'no reason known'}`,
      );
    const until = Date.now() + health.startPeriod;
    const [answer] = await on.probe.awaitServices({ site, services: [{ service, containerId }], until });
    if (!answer?.healthy)
      throw drFailure('DR-SERVICE', `${name} is not well at site ${site.name}: ${answer?.says ?? 'it was not asked'}`);
    return answer;
  });
  return done === undefined ? [name] : [];
}

function describe(answers: AwaitedService[]): string {
  const slowest = Math.max(0, ...answers.map((one) => one.afterMs));
  const ill = answers.filter((one) => !one.healthy).map(({ service, says }) => `${service} is not well: ${says}`);
  return ill.length > 0 ? ill.join('; ') : `all are well after ${duration(slowest)}`;
}

/** Starts the gateway, or has the one that runs find its upstreams anew: their containers may have other addresses. */
export async function openGateway(run: Run, { plan, front }: System, valid: Approval): Promise<void> {
  const { gateway } = plan;
  const { service } = gateway;
  const on = siteActivities(front.name);
  const approval = valid.reference;
  await run.change(
    `Open the gateway ${service}`,
    async () => {
      const [started] = await on.brief.startServices({ site: front, services: [service], approval });
      if (!started || started.how === 'failed')
        throw drFailure('DR-GATEWAY', `${service} does not run: ${started?.problem ?? 'no reason known'}`, {
          retry: true,
        });
      if (started.how === 'ran') await on.brief.reloadGateway({ gateway, site: front, approval });
      return started.how;
    },
    { outcome: (how) => (how === 'ran' ? 'it ran, and has read its configuration anew' : how) },
  );
}

/**
 * A client gets the pages of the services through the gateway; else the run is held.
 * @returns services whose page nobody gets; a person has gone on without them
 */
export async function askForPages(run: Run, system: System, waves: Waves): Promise<string[]> {
  const pages = pagesOf(waves);
  if (pages.length === 0) return [];
  let failing: string[] = [];
  await run.optional(
    askTitle(pages),
    async () => {
      const bad = await badPages(system, pages, pageDeadlineMs);
      failing = servicesOf(waves, bad);
      if (bad.length > 0)
        throw drFailure(
          'DR-SERVICE',
          `clients do not get ${bad.map(({ page, says }) => `${page}: ${says}`).join('; ')}`,
        );
    },
    () => 'they get them all',
  );
  return failing;
}

/** The same, once and without holding anything. @returns whether they get them all */
export async function getEveryPage(run: Run, system: System, waves: Waves): Promise<boolean> {
  const pages = pagesOf(waves);
  const bad = await run.probe(
    askTitle(pages),
    () => badPages(system, pages, 0),
    (found) => found.map(({ page, says }) => `${page}: ${says}`).join('; ') || 'they get them all',
  );
  return bad.length === 0;
}

const askTitle = (pages: string[]): string =>
  `Ask for ${pages.length > 4 ? `the ${pages.length} pages` : pages.join(', ')} as clients do`;

const pagesOf = (waves: Waves): string[] => [...new Set(waves.flat().flatMap((one) => one.businessPage ?? []))];

const servicesOf = (waves: Waves, bad: PageAnswer[]): string[] =>
  waves
    .flat()
    .filter((one) => bad.some(({ page }) => page === one.businessPage))
    .map((one) => one.name);

async function badPages({ plan, front, reduced }: System, pages: string[], deadlineMs: number): Promise<PageAnswer[]> {
  const { gateway } = plan;
  const answers = await siteActivities(front.name).probe.askPages({
    gateway,
    site: front,
    pages,
    deadlineMs,
    reduced: reduced?.at.reduced,
  });
  return answers.filter((one) => !one.healthy);
}

/** Phase "Configuration": files, images and certificates that a recovery cannot do without, put back from their bundles before it. */
import { certificatesResource, configurationResource } from '../contracts/names';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { recoverWith, whyNot } from './child';
import type { System } from './context';
import { namesOf } from './order';

/** What is missing of what everything else is made of. */
interface Lack {
  configuration: string[];
  certificates: string[];
}

/**
 * Looks at what everything else is made of, and starts the runs that put back what is missing; each keeps what it replaces, and
 * asks where something that can be read would be overwritten. Before anything else is looked at: without the env file no
 * password is known.
 * @param allowed waited for before anything is put back
 */
export async function restoreWhatIsMissing(run: Run, system: System, allowed: Promise<unknown>): Promise<void> {
  run.phase('Configuration');
  const lack = await lackOf(run, system);
  const wanted = [
    {
      why: lack.configuration,
      what: 'configuration',
      procedure: 'restoreConfiguration',
      resource: configurationResource(),
    },
    {
      why: lack.certificates,
      what: 'certificates',
      procedure: 'restoreCertificates',
      resource: certificatesResource(),
    },
  ].filter(({ why }) => why.length > 0);
  if (wanted.length > 0) await allowed;
  // One after the other: they write into the same directories.
  for (const { why, what, procedure, resource } of wanted) {
    run.note(`${what}: ${why.join('; ')}`);
    const { policyMayAnswer } = system.input;
    const title = `Put back the ${what}`;
    const failed = whyNot(await recoverWith(run, system, { title, procedure, resource, input: { policyMayAnswer } }));
    // Whatever cannot be made without it is refused, or named, by whoever needs it.
    if (failed !== undefined)
      run.record.problem({ code: 'DR-COMPOSE', message: `${what} could not be put back: ${failed}` });
  }
}

async function lackOf(run: Run, { plan, site, front, on, order }: System): Promise<Lack> {
  const { certificates: path, publicName, service } = plan.gateway;
  const services = [...namesOf(order.critical), ...namesOf(order.rest), service];
  const [project, found] = await Promise.all([
    run.probe(
      'Look at the Compose project and its images',
      () => on.urgent.inspectProject({ site, services, health: [] }),
      ({ problem }) => problem ?? 'Compose can read it',
    ),
    run.probe(
      'Look at the certificates of the gateway',
      () => siteActivities(front.name).urgent.inspectCertificates({ path, publicName }),
      ({ problem, good }) => problem ?? (good ? `valid until ${good.notAfter}` : 'they are good'),
    ),
  ]);
  const images = project.services.flatMap(({ image }) => (image && !image.there ? [image.name] : []));
  return {
    configuration: [
      ...(project.problem === undefined ? [] : [`Compose cannot read the project: ${project.problem}`]),
      ...[...new Set(images)].map((name) => `image ${name} is not on the engine`),
    ],
    certificates: found.problem === undefined ? [] : [found.problem],
  };
}

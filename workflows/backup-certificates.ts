/** Backs up the certificates of the gateway and their keys, encrypted. */
import type { Plan } from '../plan';
import { takeBundle } from './bundle/backup';
import { bundleContext } from './bundle/context';
import { backupCertificatesInputSchema, type BackupCertificatesInput } from './contracts/bundle';
import { backupLock, certificatesResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';

/**
 * The procedure `backupCertificates`. @param input one JSON object: see `backupCertificatesInputSchema`
 * @returns the report, with the bundle as its result; fails with a code when it was aborted
 */
export async function backupCertificates(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'backupCertificates',
      schema: backupCertificatesInputSchema,
      describe: ({ reason, by }) => {
        const resource = certificatesResource();
        return {
          resource,
          lock: backupLock(resource),
          mode: 'backup',
          summary: `backup of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, _input: BackupCertificatesInput, plan: Plan): Promise<Finished> {
  const context = bundleContext(run, 'certificates', plan);
  const { certificates: path, publicName } = plan.gateway;
  run.phase('Back up');
  const found = await run.probe(
    'Look at the certificates',
    () => context.on.probe.inspectCertificates({ path, publicName }),
    (one) => (one.good ? `${one.good.path} is valid until ${one.good.notAfter}` : `none is good: ${one.problem ?? ''}`),
  );
  const backup = await takeBundle(run, context);
  run.facts(
    'Certificates',
    found.certificates.map((one) => ({ label: one.path, value: one.problem ?? `valid until ${one.notAfter}` })),
  );
  // It is kept all the same: an expired one says what was served. A restore passes it over.
  if (found.problem !== undefined) run.note(`this bundle restores no gateway: ${found.problem}`);
  return { verdict: 'none', result: { backup, certificate: found.good ?? null } };
}

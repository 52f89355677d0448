/**
 * Restores the gateway's certificate and its key, as a whole, from the newest bundle whose certificate is valid now; the gateway
 * reads them anew, and a TLS connection proves what it serves.
 */
import type { Plan } from '../plan';
import { bundleContext, tierOf, type BundleContext } from './bundle/context';
import { chooseBundle, openStaging } from './bundle/prepare';
import { compare, describe, replaceFiles } from './bundle/replace';
import type { Approval } from './contracts/approval';
import {
  restoreCertificatesInputSchema,
  type CertificateFacts,
  type RestoreCertificatesInput,
} from './contracts/bundle';
import { drFailure } from './contracts/errors';
import { certificatesResource, recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';

/**
 * The procedure `restoreCertificates`. @param input one JSON object: see `restoreCertificatesInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function restoreCertificates(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'restoreCertificates',
      schema: restoreCertificatesInputSchema,
      describe: ({ reason, by }) => {
        const resource = certificatesResource();
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'restore',
          summary: `restore of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: RestoreCertificatesInput, plan: Plan): Promise<Finished> {
  const context = bundleContext(run, 'certificates', plan);
  const tier = tierOf(plan);
  if (tier) run.judgeBy(tier);
  const backup = await chooseBundle(run, context, input.backup);
  await openStaging(run, context, backup);
  const wish = { ...input, backup, images: [] };
  const found = await run.probe('Compare the files', () => compare(context, wish), describe);
  if (!found.files.some((one) => one.restore)) {
    const good = await inspect(run, context);
    run.note('no file is missing, and the certificate can be served: nothing was done');
    return { verdict: 'none', result: { backup: backup.label, needed: false, restored: [], certificate: good } };
  }
  let served = false;
  const replaced = await replaceFiles(run, context, wish, async (approval) => {
    served = await serve(run, context, approval);
  });
  run.verified(
    served ? 'a client is served the restored certificate' : 'the files are in place; the gateway does not run',
    0,
  );
  run.pointOfNoReturn('the gateway uses the files');
  const result = {
    backup: backup.label,
    needed: true,
    restored: replaced.restored,
    kept: replaced.kept ?? null,
    served,
  };
  return { verdict: served ? 'judge' : 'none', result };
}

/** @throws DR-CERTIFICATE when what is in place now cannot be served */
async function inspect(run: Run, { plan, on }: BundleContext): Promise<CertificateFacts> {
  const { certificates: path, publicName } = plan.gateway;
  return run.probe(
    'Look at the certificate',
    async () => {
      const found = await on.probe.inspectCertificates({ path, publicName });
      if (found.good) return found.good;
      throw drFailure('DR-CERTIFICATE', `what lies in ${path} cannot be served: ${found.problem ?? ''}`);
    },
    (good) => `${good.path} is valid until ${good.notAfter}, for ${good.names.join(', ')}`,
  );
}

/** @returns false when the gateway does not run, so that nobody could be served */
async function serve(run: Run, context: BundleContext, approval: Approval): Promise<boolean> {
  const { plan, at, on } = context;
  const { gateway } = plan;
  const good = await inspect(run, context);
  const before = await run.probe(
    'Ask the gateway for its certificate',
    () => on.urgent.askServedCertificate({ site: at.site, gateway }),
    (one) => one.says,
  );
  if (!before.running) {
    run.note(`${before.says}: it serves the restored certificate once it is started`);
    return false;
  }
  await run.change('Have the gateway read its files anew', () =>
    on.brief.reloadGateway({ gateway, site: at.site, approval: approval.reference }),
  );
  await run.probe(
    'Ask it again, as a client',
    () => on.probe.askServedCertificate({ site: at.site, gateway, expect: good.fingerprint }),
    (one) => one.says,
  );
  return true;
}

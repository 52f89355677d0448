/**
 * A service is down: it is looked at from its engine's side and from its own, what it depends on is asked first, then the
 * gentlest measure that can help is taken, then the next; it is back when its clients get their page through the gateway.
 */
import type { Plan } from '../plan';
import { recoveryLock, serviceResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import { serviceRecoveryInputSchema, type ServiceRecoveryInput } from './contracts/service';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { assess } from './service/assess';
import { serviceContext } from './service/context';
import { takeMeasures } from './service/measures';
import { throughTheGateway } from './service/through-the-gateway';

/**
 * The procedure `serviceRecovery`. @param input one JSON object: see `serviceRecoveryInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function serviceRecovery(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'serviceRecovery',
      schema: serviceRecoveryInputSchema,
      describe: ({ service, reason, by }) => {
        const resource = serviceResource(service);
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'recover',
          summary: `recovery of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: ServiceRecoveryInput, plan: Plan): Promise<Finished> {
  const context = serviceContext(run, input, plan);
  const { service } = context.at;
  const assessed = await assess(run, context);
  if (assessed.measures.length === 0) {
    run.note(`${service.name} is well: nothing was done`);
    return { verdict: 'none', result: { service: service.name, needed: false, picture: assessed.diagnosis.picture } };
  }
  const measures = await takeMeasures(run, context, assessed);
  const proof = await throughTheGateway(run, context);
  // What a stateless service has acknowledged lies in the database or nowhere.
  run.verified(proof, service.stateless ? 0 : null);
  run.pointOfNoReturn('the clients are served');
  return {
    verdict: 'judge',
    result: {
      service: service.name,
      needed: true,
      picture: assessed.diagnosis.picture,
      measures,
      ...(service.businessPage === undefined ? {} : { page: service.businessPage }),
    },
  };
}

import type { Approval } from '../contracts/approval';
import { recoveryLock, serviceResource } from '../contracts/names';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { judgeEnd, procedureOf, type Drill, type Loss } from './context';

/** Part "Service failover": a service of the copy is killed, and its recovery brings it back to its clients. */
export const loseService: Loss = {
  will: ({ service }) => `Kill ${service.name}.`,
  lose,
};

async function lose(run: Run, drill: Drill, approval: Approval): Promise<Criterion[]> {
  run.phase('Lose a service');
  const { service, copy, on } = drill;
  await run.irreversible(`Kill ${service.name} of the copy`, approval, ({ reference }) =>
    run.change(`Kill ${service.name}`, () =>
      on.brief.killService({ ...copy, service: service.name, approval: reference }),
    ),
  );
  const child = procedureOf(drill, {
    procedure: 'serviceRecovery',
    lock: recoveryLock(serviceResource(service.name)),
    input: { service: service.name },
    onCopy: true,
  });
  const end = await run.childResult(`Recover ${service.name}`, child);
  const idle = 'report' in end && end.report.result['needed'] === false;
  const name = `Recovery of service ${service.name}`;
  // A recovery that found nothing to do has not seen that the service was dead.
  return idle ? [{ name, ok: false, says: 'it was killed, and the recovery found it well' }] : judgeEnd(name, end);
}

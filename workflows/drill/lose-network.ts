import type { Approval } from '../contracts/approval';
import { recoveryLock, serviceResource } from '../contracts/names';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { judgeEnd, procedureOf, type Drill, type Loss } from './context';

/** Part "Network": a service of the copy is cut off from its networks; its recovery makes it anew in them, as an incident would. */
export const loseNetwork: Loss = {
  will: ({ service }) => `Cut ${service.name} off from its networks.`,
  lose,
};

async function lose(run: Run, drill: Drill, approval: Approval): Promise<Criterion[]> {
  run.phase('Cut off a service');
  const { service, copy, on } = drill;
  const { name } = service;
  await run.irreversible(`Cut ${name} of the copy off`, approval, ({ reference }) =>
    run.change(
      `Disconnect ${name}`,
      () => on.brief.disconnectService({ ...copy, service: name, approval: reference }),
      { outcome: ({ networks }) => `from ${networks.join(', ')}` },
    ),
  );
  const child = procedureOf(drill, {
    procedure: 'serviceRecovery',
    lock: recoveryLock(serviceResource(name)),
    input: { service: name, first: 'recreate' },
    onCopy: true,
  });
  return judgeEnd(`Recovery of service ${name}, cut off`, await run.childResult(`Recover ${name}`, child));
}

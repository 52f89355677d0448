import type { Availability, ReadAvailability } from '../../workflows/contracts/periodic';
import { withHeartbeat } from '../shared/heartbeat';
import { measure } from './availability';
import { readLooks } from './looks';

/** For how long a database took writes, did not, and was not watched. Reads what observers on this machine have kept. */
export async function readAvailability(args: ReadAvailability): Promise<Availability> {
  return withHeartbeat(`reading when ${args.database.name} took writes`, async () => {
    const span = (one: { from: string; to: string }): { from: number; to: number } => ({
      from: Date.parse(one.from),
      to: Date.parse(one.to),
    });
    const periods = args.periods.map((one) => ({ name: one.name, ...span(one) }));
    const from = Math.min(...periods.map((one) => one.from));
    const to = Math.max(...periods.map((one) => one.to));
    const looks = await readLooks(args, { from, to });
    return {
      database: args.database.name,
      ...measure([...looks.values()], args.outages.map(span), periods),
      observers: [...looks.keys()].sort(),
    };
  });
}

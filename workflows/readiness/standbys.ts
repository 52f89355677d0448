/** Standbys: whether each follows the primary, and how far behind it is. Pure. */
import type { Plan } from '../../plan';
import type { ServerFacts } from '../contracts/cluster';
import type { DatabaseReadiness, ReadinessFacts, ReadinessItem } from '../contracts/readiness';
import { bytes, duration } from '../contracts/words';
import { lsnBytes } from '../contracts/wal';
import { area } from './items';

const standbys = area('Standbys');

/** Every member of every database that is not its primary. */
export const judgeStandbys = (plan: Plan, { databases }: ReadinessFacts): ReadinessItem[] =>
  databases.flatMap((one) => {
    const planned = plan.databases.find(({ name }) => name === one.name);
    const rpo = plan.tiers.find(({ name }) => name === planned?.tier)?.rpo;
    if (one.standbys.length > 0) return one.standbys.map((standby) => judgeStandby(one, standby, rpo));
    return [
      standbys.warning(
        `standby of ${one.name}`,
        'the plan has none: a lost primary comes back from the backups only',
        'Add one under `standbys` of the plan.',
      ),
    ];
  });

function judgeStandby(
  { name: database, position }: DatabaseReadiness,
  { service, facts }: DatabaseReadiness['standbys'][number],
  rpo: number | undefined,
): ReadinessItem {
  const name = `${service} of ${database}`;
  const next = `./dr reprotect ${database} --member ${service} --reason "WHY"`;
  if (facts.value === undefined) return standbys.unknown(name, facts);
  const standby = facts.value;
  if (!standby.answered)
    return standbys.failed(name, `it does not answer: ${standby.problem ?? 'no reason known'}`, next);
  if (!standby.inRecovery)
    return standbys.failed(
      name,
      'it takes writes, and is not the primary',
      'Two primaries: stop it before anything else.',
    );
  if (standby.receiver !== 'streaming')
    return standbys.failed(name, `it does not stream: ${standby.receiver ?? 'no receiver runs'}`, next);
  if (standby.replayPaused)
    return standbys.failed(name, 'its replay is paused', `SELECT pg_wal_replay_resume() on ${service}.`);
  const lag = lagOf(position.value, standby);
  const says = `it streams${lag.bytes === undefined ? '' : `, ${bytes(lag.bytes)} behind`}${lag.ms === undefined ? '' : `, ${duration(lag.ms)} of writes`}`;
  if (rpo !== undefined && lag.ms !== undefined && lag.ms > rpo)
    return standbys.failed(
      name,
      `${says}; the plan allows a loss of ${duration(rpo)}`,
      'Find out what slows its replay or its network.',
    );
  return standbys.ok(name, says);
}

/** How far it is behind: bytes of WAL, and time between the newest heartbeats of both. */
function lagOf(primary: ServerFacts | undefined, standby: ServerFacts): { bytes?: number; ms?: number } {
  if (!primary?.answered) return {};
  const behind = Math.max(0, lsnBytes(primary.receivedLsn) - lsnBytes(standby.replayedLsn));
  const [ours, its] = [primary.heartbeatAt, standby.heartbeatAt];
  if (ours === undefined || its === undefined) return { bytes: behind };
  return { bytes: behind, ms: Math.max(0, Date.parse(ours) - Date.parse(its)) };
}

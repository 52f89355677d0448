/** Backups: how old they are beside what the plan says, and whether they are whole. Pure. */
import type { Plan } from '../../plan';
import type { BackupFacts } from '../contracts/recovery';
import type { Asked, FileBackup, ReadinessFacts, ReadinessItem, RepositoryFacts } from '../contracts/readiness';
import { count, duration, moment } from '../contracts/words';
import { longestPause } from './cron';
import { area } from './items';

const backups = area('Backups');
/** A backup takes its time, and the clock may be late by `catchUp`: an hour on top of the pause of its cron line. */
const graceMs = 3_600_000;

/** Backups that serve as one of a kind: a full one has everything that an incremental one would have. */
const servesAs: Record<string, BackupFacts['kind'][]> = {
  full: ['full'],
  differential: ['full', 'diff'],
  incremental: ['full', 'diff', 'incr'],
};

/** Every backup that the plan has taken by the clock. */
export function judgeBackups(plan: Plan, facts: ReadinessFacts): ReadinessItem[] {
  const at = Date.parse(facts.at);
  return [
    ...plan.backups.database.map((entry) => ofDatabase(plan, facts, entry, at)),
    ...facts.databases.flatMap(({ name, repository }) => damaged(name, repository)),
    ...facts.stores.map(({ name, backups: found }) =>
      ofFiles(
        `backup of store ${name}`,
        found,
        plan.backups.redis.find((one) => one.store === name)?.cron,
        at,
        `./dr backup store ${name}`,
      ),
    ),
    ...facts.bundles.map(({ kind, backups: found }) =>
      ofFiles(`bundle of ${kind}`, found, plan.backups[kind].cron, at, `./dr backup ${kind}`),
    ),
  ];
}

function ofDatabase(
  plan: Plan,
  facts: ReadinessFacts,
  { database, kind, cron }: Plan['backups']['database'][number],
  at: number,
): ReadinessItem {
  const name = `${kind} backup of ${database}`;
  const serves = servesAs[kind];
  if (!serves) return backups.warning(name, 'no procedure takes it yet; it is not looked at');
  const repository: Asked<RepositoryFacts> = facts.databases.find((one) => one.name === database)?.repository ?? {
    problem: 'it was not looked at',
  };
  if (repository.value === undefined) return backups.unknown(name, repository);
  const next = `./dr backup database ${database} --kind ${kind} --reason "WHY"`;
  const newest = repository.value.backups.find((one) => serves.includes(one.kind) && !one.hasErrors);
  if (!newest) return backups.failed(name, 'there is none that is good', next);
  // The plan has a word of its own for the oldest a base may be.
  const maxAge = plan.databases.find((one) => one.name === database)?.backup.maxAge;
  const most = kind === 'full' && maxAge !== undefined ? maxAge : limitOf(cron);
  return judgeAge(name, newest.label, at - Date.parse(newest.stoppedAt), most, next);
}

const limitOf = (cron: string): number | undefined => {
  const pause = longestPause(cron);
  return pause === undefined ? undefined : pause + graceMs;
};

function judgeAge(name: string, label: string, age: number, most: number | undefined, next: string): ReadinessItem {
  const says = `${label} is ${duration(age)} old`;
  if (most === undefined) return backups.ok(name, `${says}; its cron line has no pause to judge it by`);
  return age > most
    ? backups.failed(name, `${says}, by the plan at most ${duration(most)}`, next)
    : backups.ok(name, `${says} (at most ${duration(most)})`);
}

/** Backups with errors are never a base; whoever counts on them should know. */
function damaged(name: string, { value }: Asked<RepositoryFacts>): ReadinessItem[] {
  const bad = value?.backups.filter((one) => one.hasErrors) ?? [];
  if (bad.length === 0) return [];
  const labels = bad.map(({ label }) => label).join(', ');
  return [
    backups.warning(
      `backups of ${name}`,
      `${count(bad.length)} recorded page checksum errors and are never a base: ${labels}`,
      'Find the damaged pages (amcheck), mend them, take a full backup.',
    ),
  ];
}

function ofFiles(
  name: string,
  { value, problem }: Asked<FileBackup[]>,
  cron: string | undefined,
  at: number,
  command: string,
): ReadinessItem {
  const next = `${command} --reason "WHY"`;
  if (value === undefined) return backups.unknown(name, { problem });
  const good = value.find((one) => one.problem === undefined);
  const [newest] = value;
  if (!newest) return backups.failed(name, 'there is none', next);
  if (!good)
    return backups.failed(name, `none can be used; the newest, ${newest.label}: ${newest.problem ?? ''}`, next);
  if (good !== newest)
    return backups.failed(
      name,
      `the newest, ${newest.label}, is of no use: ${newest.problem ?? ''}; the newest that can be used is of ${moment(good.takenAt)}`,
      next,
    );
  return judgeAge(
    name,
    good.label,
    at - Date.parse(good.takenAt),
    cron === undefined ? undefined : limitOf(cron),
    next,
  );
}

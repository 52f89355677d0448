/** Phase "Recover": one measure after the other, each allowed by the plan or by a person, until the service is well. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import type { Measure, ServiceFacts } from '../contracts/service';
import { duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { Assessed } from './assess';
import type { ServiceContext } from './context';
import { diagnose } from './diagnose';
import { allow, CameBack } from './gate';
import { keepLog } from './keep-log';
import { look } from './look';
import { findAnew, reload } from './through-the-gateway';

export interface TakenMeasure {
  measure: Measure;
  helped: boolean;
  says: string;
  afterMs: number;
}

/**
 * Takes measures until one helps, or the service comes back by itself. When none does the run is held: a person may mend it
 * by hand and look again.
 */
export async function takeMeasures(
  run: Run,
  context: ServiceContext,
  { facts, measures }: Assessed,
): Promise<TakenMeasure[]> {
  run.phase('Recover');
  const taken: TakenMeasure[] = [];
  let seen = facts;
  for (const measure of measures) {
    try {
      taken.push(await take(run, context, measure, seen));
    } catch (error) {
      if (!(error instanceof CameBack)) throw error;
      run.note(`${context.at.service.name} is well by itself: ${measure} was not needed`);
      return taken;
    }
    if (taken.at(-1)?.helped) return taken;
    seen = await run.probe(
      'Look at it once more',
      () => look(context),
      (now) => diagnose(now).says,
    );
    if (diagnose(seen).picture === 'healthy') return taken;
  }
  await run.probe('Look whether somebody has mended it', async () => {
    const now = diagnose(await look(context));
    if (now.picture === 'healthy') return now;
    throw drFailure('DR-SERVICE', `nothing that this procedure can do has helped: ${now.says}`);
  });
  return taken;
}

async function take(run: Run, context: ServiceContext, measure: Measure, seen: ServiceFacts): Promise<TakenMeasure> {
  const allowed = await allow(run, context, measure, seen);
  return run.irreversible(allowed.title, allowed.approval, async (valid) => {
    const { at, on, input } = context;
    if (measure === 'reload') return reload(run, context, valid);
    const now = allowed.latest();
    await keepLog(run, context, now);
    const made = await (measure === 'restart' ? restart : recreate)(run, context, now, valid);
    if ('problem' in made) return { measure, helped: false, says: made.problem, afterMs: 0 };
    const until = Date.now() + (input.healthyWithinMs ?? at.service.health.startPeriod);
    const answer = await run.probe(
      'Wait until it is well',
      () => on.probe.awaitService({ ...at, containerId: made.containerId, until }),
      ({ healthy, says, afterMs }) => `${healthy ? 'well' : `not well, ${says},`} after ${duration(afterMs)}`,
    );
    if (answer.healthy) await findAnew(run, context, valid);
    return { measure, helped: answer.healthy, says: answer.says, afterMs: answer.afterMs };
  });
}

type Made = { containerId: string } | { problem: string };
const skipped = { problem: 'it failed, and a person went on to the next measure' };

const restart = (run: Run, { at, on }: ServiceContext, { container }: ServiceFacts, valid: Approval): Promise<Made> =>
  run.change<Made>(
    'Start it again where it is',
    async () => {
      const { id = '', startedAt = '' } = container ?? {};
      const done = await on.brief.restartService({ ...at, containerId: id, startedAt, approval: valid.reference });
      if (done.already) run.note('somebody has started it since it was looked at');
      return done.refused === undefined
        ? { containerId: id }
        : { problem: `the engine does not start it: ${done.refused}` };
    },
    { skip: () => skipped, outcome: (made) => ('problem' in made ? made.problem : 'done') },
  );

const recreate = (run: Run, { at, on }: ServiceContext, { container }: ServiceFacts, valid: Approval): Promise<Made> =>
  run.change<Made>(
    'Make its container anew',
    () => on.brief.recreateService({ ...at, containerId: container?.id ?? '', approval: valid.reference }),
    {
      skip: () => skipped,
      outcome: (made) => ('problem' in made ? made.problem : `container ${made.containerId.slice(0, 12)}`),
    },
  );

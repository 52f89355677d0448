import type { Database, Drills, Plan, Service, Site } from '../../plan';
import type { Approval } from '../contracts/approval';
import type { DetectionScore, DrillCopy, RecoveryTestInput } from '../contracts/drill';
import { controlQueue } from '../contracts/names';
import { describeEnd, inDrill, type ChildEnd, type ChildProcedure } from '../kernel/child';
import { pinPlan } from '../kernel/pin';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import type { Criterion } from '../steps/judge-criteria';

/** What every part of a test on a copy shares. */
export interface Drill {
  input: RecoveryTestInput;
  /** The plan as it is. */
  plan: Plan;
  /** The plan of the copy: the same with other projects, ports, volumes and paths. */
  ofCopy: Plan;
  copy: DrillCopy;
  /** Service of the copy that is lost. */
  service: Service;
  /** Database of the copy in which a table is lost. */
  database: Database;
  on: SiteProxies;
  /** The site that serves, from which what serves is watched. */
  serving: Site;
  watching: SiteProxies;
  /** What was planted, and found; absent before. */
  detection?: DetectionScore;
}

/** Something of the copy is lost or broken, and has to come back, or to be found. */
export interface Loss {
  /** What is done to the copy, for the card; a sentence. */
  will: (drill: Drill) => string;
  lose: (run: Run, drill: Drill, approval: Approval) => Promise<Criterion[]>;
}

/** The copy that the plan describes. */
export async function drillOf(run: Run, input: RecoveryTestInput, plan: Plan): Promise<Drill> {
  const drills = demandDrills(run, plan);
  const { plan: ofCopy } = await run.probe(
    'Derive the plan of the copy',
    () => pinPlan({ ...(input.planHash === undefined ? {} : { planHash: input.planHash }), drill: true }),
    (pinned) => pinned.name,
  );
  const site = ofCopy.sites.find((one) => one.role === 'primary');
  const service = ofCopy.services.find((one) => one.name === drills.service);
  const database = ofCopy.databases.find((one) => one.name === drills.table.database);
  const serving = plan.sites.find((one) => one.name === plan.gateway.site);
  if (!site || !service || !database || !serving)
    return run.refuse([
      {
        code: 'DR-PLAN',
        message: `the plan of the copy lacks its primary site, service ${drills.service} or database ${drills.table.database}`,
        next: 'Check the plan with `dr plan check`.',
      },
    ]);
  const copy: DrillCopy = { drills, site: site as Site };
  const [on, watching] = [siteActivities(site.name), siteActivities(serving.name)];
  return { input, plan, ofCopy, copy, service, database, on, serving: serving as Site, watching };
}

/** What was planted and found, for the result. */
export const detectionOf = ({ detection }: Drill): { detection?: DetectionScore } => (detection ? { detection } : {});

function demandDrills(run: Run, { drills }: Plan): Drills {
  if (drills) return drills;
  return run.refuse([
    {
      code: 'DR-PLAN',
      message: 'the plan has no `drills`, so there is no copy of the platform that could be lost',
      next: 'Describe the copy under `drills` in the plan.',
    },
  ]);
}

/** A procedure that this test starts; on the copy unless it only reads what is kept of what serves, or tells people. */
export function procedureOf(
  { input }: Drill,
  what: {
    procedure: string;
    lock: string;
    input: Record<string, unknown>;
    onCopy: boolean;
    /** It ends with this test; what works on the copy does anyway. Default false. */
    endsWithCaller?: boolean;
  },
): ChildProcedure {
  const { reason, by, planHash } = input;
  const child = {
    procedure: what.procedure,
    workflowId: what.lock,
    taskQueue: controlQueue,
    input: { reason, by, ...(planHash === undefined ? {} : { planHash }), ...what.input },
    ...(what.endsWithCaller === undefined ? {} : { endsWithCaller: what.endsWithCaller }),
  };
  return what.onCopy ? inDrill(child) : child;
}

/** How a run that was started is judged: by whether it did its work, and by its objectives apart. */
export function judgeEnd(name: string, end: ChildEnd): Criterion[] {
  const says = describeEnd(end);
  if (!('report' in end)) return [{ name, ok: false, says }];
  const { objectives, verdict } = end.report.view;
  const done = { name, ok: true, says };
  if (objectives === undefined && verdict !== 'missed') return [done];
  return [done, { name: `${name}: objectives`, ok: verdict === 'met', says: `verdict ${verdict}`, objective: true }];
}

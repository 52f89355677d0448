import { WorkflowNotFoundError } from '@temporalio/client';
import { incidentQuery, type IncidentView } from '../../workflows/contracts/incident';
import { moment } from '../../workflows/contracts/words';
import { bounded, withControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { paint, plainLine, type Paint } from '../lib/paint';
import { quoted, sayPlain } from '../lib/plain';
import { listRuns } from '../lib/runs';
import { textTable } from '../lib/table';
import { demandWorker } from '../lib/workers';
import { runOfIncident } from './incident-say';

/** Incidents that are listed. */
const most = 100;

/** `incident list`. */
export async function listIncidents(context: Context, options: Record<string, unknown>): Promise<number> {
  return withControlPlane(context, async (plane) => {
    const running = options['open'] === true;
    const rows = await listRuns(plane, { procedure: 'incidentResponse', ...(running ? { running } : {}) }, most);
    if (context.json) context.out(toJson(rows));
    else if (rows.length === 0) context.out(running ? 'No incident is open.' : 'There was no incident.');
    else {
      const cells = rows.map(({ workflowId, state, tier = '', startedAt, endedAt }) => [
        workflowId.replace(/^incident\./, ''),
        state,
        tier,
        moment(startedAt),
        endedAt === undefined ? '' : moment(endedAt),
      ]);
      for (const line of textTable(['INCIDENT', 'STATE', 'TIER', 'OPENED', 'CLOSED'], cells))
        context.out(plainLine(line, false));
    }
    sayPlain(context, `temporal workflow list --query ${quoted("DrProcedure = 'incidentResponse'")}`);
    return exitCodes.ok.code;
  });
}

/** `incident show`: also of one that is closed. */
export async function showIncident(context: Context, given: string): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOfIncident(given, faults);
  if (faults.length > 0) throw inputFault(faults, 'incident show');
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    const ask = (): Promise<IncidentView> => plane.client.workflow.getHandle(workflowId).query(incidentQuery);
    const view = await bounded(plane, ask, 10_000).catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      throw new Fault('refused', `There is no incident ${workflowId}.`, 'List them with `./dr incident list`.');
    });
    if (context.json) context.out(toJson(view));
    else for (const line of incidentLines(view, paint(context.colour))) context.out(plainLine(line, context.colour));
    context.say(`Cards and steps: ./dr show ${workflowId}`);
    sayPlain(context, `temporal workflow query -w ${quoted(workflowId)} --type incident`);
    return exitCodes.ok.code;
  });
}

/** The incident as a person reads it at night: how bad, what, what is being done, what is due. */
export function incidentLines(view: IncidentView, paint: Paint): string[] {
  const { incident, severity, state, openedAt, scenario, affected, runs, updates, verdicts, missedUpdates } = view;
  const tone =
    state === 'closed' || state === 'recovered' ? paint.good : state === 'reviewing' ? paint.busy : paint.bad;
  return [
    `${paint.bold(`Incident ${incident}`)}  ${severity}  ${tone(state)}  ${paint.soft(`opened ${moment(openedAt)}`)}`,
    `Affected: ${affected.join(', ') || 'nothing that was asked'}`,
    `Scenario: ${scenario ?? 'not chosen'}`,
    ...runs.map(
      ({ workflowId, ended, stands }) =>
        `Run ${workflowId}: ${ended ?? (stands ? `isolated; lifted by ./dr lift ${stands.service} --reason "WHY"` : 'at work')}`,
    ),
    ...(view.nextUpdateBy === undefined
      ? []
      : [
          `Next update by ${moment(view.nextUpdateBy)}${missedUpdates > 0 ? paint.bad(`  ${missedUpdates} missed`) : ''}`,
        ]),
    ...updates.slice(-5).map(({ at, by, message }) => paint.soft(`  ${moment(at)} ${by}: ${message}`)),
    ...(view.declared ? [`Declared over by ${view.declared.by}: ${view.declared.reason}`] : []),
    ...(view.review
      ? [
          `Reviewed by ${view.review.by}: ${view.review.findings}`,
          ...(view.review.lessons ?? []).map(({ lesson, owner, due }) => `  ${owner}, by ${due}: ${lesson}`),
        ]
      : view.reviewDueBy === undefined
        ? []
        : [`Review due by ${moment(view.reviewDueBy)}`]),
    paint.bold('Scenarios of the plan, the likeliest first'),
    ...verdicts.flatMap(({ scenario: name, likelihood, score, evidence }) => [
      `  ${name}: ${likelihood} (${score})`,
      ...evidence.map(({ says, weight }) => paint.soft(`    ${weight > 0 ? '+' : weight < 0 ? '-' : ' '} ${says}`)),
    ]),
  ];
}

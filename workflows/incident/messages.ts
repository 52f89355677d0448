import { setHandler } from '@temporalio/workflow';
import {
  chooseSchema,
  chooseSignal,
  chooseUpdate,
  declareSchema,
  declareSignal,
  declareUpdate,
  incidentQuery,
  noScenario,
  reviewSchema,
  reviewSignal,
  reviewUpdate,
  tellUpdateSchema,
  tellUpdateSignal,
  tellUpdateUpdate,
} from '../contracts/incident';
import { listenTo } from '../kernel/word';
import { standsSignal } from '../contracts/messages';
import type { Lesson } from '../contracts/tasks';
import type { Incident } from './state';

const now = (): string => new Date().toISOString();

/** What people can say to an incident, each as update and as signal. */
export function listenForWords(incident: Incident): void {
  const { run, said } = incident;
  const { gates } = run.messages;
  /** Runs that were started and have not ended: they are answered, or aborted, by their own names. One that stands has done its work. */
  const atWork = (): string | undefined => {
    const open = incident.runs.filter((one) => one.ended === undefined && !one.stands).map((one) => one.workflowId);
    return open.length === 0
      ? undefined
      : `${open.join(', ')} is at work: wait for it, answer it, or abort it by its name`;
  };
  const over = (): string | undefined => said.declared && `${said.declared.by} declared it over at ${said.declared.at}`;
  setHandler(standsSignal, ({ workflowId }) => incident.stands(workflowId), {
    description: 'What a run was started for stands: sent by that run',
  });
  setHandler(incidentQuery, () => incident.view(), { description: 'The incident as it stands, as JSON' });
  listenTo(run, {
    update: chooseUpdate,
    signal: chooseSignal,
    schema: chooseSchema,
    description: 'Which scenario it is, or none: {"scenario","by","reason"}',
    objection: ({ scenario }) => over() ?? notInPlan(incident, scenario) ?? atWork(),
    take: (message) => {
      const { scenario, by, reason } = message;
      if (gates.objection({}) === undefined)
        return gates.answer({ kind: 'retarget', message: { target: scenario, by, reason } });
      said.choice = message;
      run.record.note('person', `${scenario} chosen by ${by}: ${reason}`);
    },
  });
  listenTo(run, {
    update: tellUpdateUpdate,
    signal: tellUpdateSignal,
    schema: tellUpdateSchema,
    description: 'Tell people how it stands, and move the time of the next update: {"message","by"}',
    objection: over,
    take: ({ message, by }) => {
      run.record.note('person', `update by ${by}: ${message}`);
      if (incident.telling) incident.telling.update(message, by);
      else incident.updated(message, by);
    },
  });
  listenTo(run, {
    update: declareUpdate,
    signal: declareSignal,
    schema: declareSchema,
    description: 'Declare the incident over: {"by","reason"}',
    objection: () => over() ?? atWork(),
    take: (word) => {
      said.declared = { ...word, at: now() };
      run.record.note('person', `declared over by ${word.by}: ${word.reason}`);
      incident.gate?.cancel();
    },
  });
  listenTo(run, {
    update: reviewUpdate,
    signal: reviewSignal,
    schema: reviewSchema,
    description: 'The post-incident review is done: {"by","findings","lessons"?:[{"lesson","owner","due"}]}',
    objection: ({ lessons }) =>
      incident.state === 'reviewing'
        ? said.review
          ? `${said.review.by} gave the review at ${said.review.at}`
          : unknownOwner(incident, lessons)
        : `the incident is ${incident.state}: it is reviewed when it was declared over`,
    take: (message) => {
      said.review = { ...message, at: now() };
      run.record.note('person', `reviewed by ${message.by}: ${message.findings}`);
    },
  });
}

/** Lessons that are given to nobody of the plan would be nobody's. */
function unknownOwner({ plan }: Incident, lessons: Lesson[]): string | undefined {
  const roles = plan.contacts.map(({ role }) => role);
  const unknown = lessons.filter(({ owner }) => !roles.includes(owner)).map(({ owner }) => `"${owner}"`);
  return unknown.length === 0
    ? undefined
    : `owner of a lesson is ${unknown.join(', ')}, the plan has the roles: ${roles.join(', ')}`;
}

/** Why a scenario cannot be chosen. */
export function notInPlan({ plan }: Pick<Incident, 'plan'>, scenario: string): string | undefined {
  const known = [...plan.scenarios.map(({ name }) => name), noScenario];
  return known.includes(scenario) ? undefined : `scenario is "${scenario}", the plan has: ${known.join(', ')}`;
}

/** The people of the plan are told that it is a test, by every channel, and somebody of the chain has to acknowledge. */
import { workflowInfo } from '@temporalio/workflow';
import { notifyLock, onCallLock } from '../contracts/names';
import { got, type Delivery } from '../contracts/people';
import { describeEnd, type ChildEnd } from '../kernel/child';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import { procedureOf, type Drill } from './context';

/** Part "Communication": beside the others, because a person has minutes to answer. No part of it is a drill: it is real. */
export async function communicate(run: Run, drill: Drill): Promise<Criterion[]> {
  const incident = `test-${workflowInfo().startTime.toISOString().slice(0, 10)}`;
  const [told, called] = await Promise.all([
    run.childResult(
      'Tell the emergency contacts that this is a test',
      procedureOf(drill, {
        procedure: 'notifyPeople',
        lock: notifyLock(incident, 'test'),
        input: { incident, template: 'test', severity: 'info' },
        onCopy: false,
      }),
    ),
    run.childResult(
      'Call the on-call chain',
      procedureOf(drill, {
        procedure: 'callOnCall',
        lock: onCallLock(incident),
        input: {
          incident,
          severity: 'info',
          summary: 'This is a test of the on-call chain: acknowledge it, and do nothing else.',
        },
        onCopy: false,
      }),
    ),
  ]);
  return [judgeChannels(told), judgeChain(called)];
}

/** Every channel that the plan configures took the message, and there is one. */
export function judgeChannels(end: ChildEnd): Criterion {
  const name = 'Channels';
  if (!('report' in end)) return { name, ok: false, says: describeEnd(end) };
  const deliveries = (end.report.result['deliveries'] ?? []) as Delivery[];
  const configured = deliveries.filter(({ state }) => state !== 'not-configured');
  if (configured.length === 0) return { name, ok: false, says: 'no channel is configured: nobody can be told' };
  const says = configured
    .map(({ channel, target, state, problem }) => `${channel} ${target}: ${state}${problem ? ` (${problem})` : ''}`)
    .join('; ');
  return { name, ok: configured.every(got), says };
}

function judgeChain(end: ChildEnd): Criterion {
  const name = 'On-call chain';
  if (!('report' in end)) return { name, ok: false, says: describeEnd(end) };
  const { outcome, acknowledged, called } = end.report.result as {
    outcome: string;
    acknowledged?: { by: string; at: string };
    called: string[];
  };
  const says = acknowledged
    ? `acknowledged by ${acknowledged.by} at ${acknowledged.at}; called: ${called.join(', ')}`
    : `nobody acknowledged; called: ${called.join(', ') || 'none'}`;
  return { name, ok: outcome === 'acknowledged', says };
}

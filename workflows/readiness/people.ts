/** People: whether there is somebody to call, and a way that works. Pure. */
import type { Plan } from '../../plan';
import type { ChannelFacts, PastFacts, ReadinessFacts, ReadinessItem } from '../contracts/readiness';
import { count, duration, moment } from '../contracts/words';
import { area } from './items';

const people = area('People');

/** The on-call chain, and every channel of the plan. */
export function judgePeople(plan: Plan, { at, channels, past }: ReadinessFacts): ReadinessItem[] {
  const chain = plan.contacts.filter(({ kind }) => kind === 'internal');
  const onCall =
    chain.length > 0
      ? people.ok('on-call chain', `${count(chain.length)} contacts, the first is ${first(chain)}`)
      : people.failed(
          'on-call chain',
          'the plan has no contact of kind internal: nobody is called',
          'Name them under `contacts` of the plan.',
        );
  if (channels.value === undefined) return [onCall, people.unknown('channels', channels)];
  const configured = channels.value.filter((one) => one.configured);
  if (configured.length === 0)
    return [
      onCall,
      people.warning(
        'channels',
        'none is configured: a run can tell nobody, people have to call by phone',
        'Name a mail server, an SMS account, Slack or a webhook under `channels` of the plan.',
      ),
    ];
  const most = plan.readiness.staleAfterQuarterly;
  return [onCall, ...configured.map((one) => judgeChannel(one, past.value, most, Date.parse(at)))];
}

const first = (chain: Plan['contacts']): string => [...chain].sort((a, b) => a.order - b.order)[0]?.role ?? '';

function judgeChannel(
  { channel, target, problem }: ChannelFacts,
  past: PastFacts | undefined,
  most: number,
  at: number,
): ReadinessItem {
  const name = [channel, target].filter(Boolean).join(' ');
  if (problem !== undefined)
    return people.failed(name, problem, 'Correct the value that `channels` of the plan points at.');
  // Whether it takes a message is known only by sending one.
  const last = past?.told[name];
  const next = 'Send one that says it is a test: `./dr notify --template test` says how.';
  if (last === undefined) return people.warning(name, 'configured; no message that it took is on record', next);
  const age = at - Date.parse(last);
  const says = `took a message ${moment(last)}`;
  return age > most ? people.warning(name, `${says}, ${duration(age)} ago`, next) : people.ok(name, says);
}

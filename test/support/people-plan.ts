/** The plan with channels of a test's own: what it tells goes nowhere else. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan, writePlan, type Plan } from '../../plan';
import { root } from '../../activities/shared/paths';

/** Contacts and channels that are all configured, at addresses nobody has. */
export const configured: Partial<Plan['channels']> = {
  smtp: { host: '127.0.0.1', port: 9, secure: false, from: 'dr@example.com' },
  twilio: { account: 'AC0', token: { env: 'DR_TEST_TWILIO' }, from: '+1-555-0199', api: 'http://127.0.0.1:9' },
  slackWebhook: { env: 'DR_TEST_SLACK' },
  webhooks: [{ name: 'pager', url: 'http://127.0.0.1:9/hook' }],
};

/** Lets runs that begin from now on pin the plan as `change` made it, until the returned function is called. */
export async function usePlan(change: (plan: Plan) => Plan): Promise<() => void> {
  const before = process.env['DR_PLAN'];
  const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
  const path = join(mkdtempSync(join(tmpdir(), 'dr-plan-')), 'plan.yaml');
  await writePlan(change(structuredClone(plan)), path, root());
  process.env['DR_PLAN'] = path;
  return () => {
    if (before === undefined) delete process.env['DR_PLAN'];
    else process.env['DR_PLAN'] = before;
  };
}

/** The plan with other channels. */
export const withChannels =
  (channels: Partial<Plan['channels']>) =>
  (plan: Plan): Plan => ({ ...plan, channels: { ...plan.channels, ...channels } });

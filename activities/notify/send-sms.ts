import { activityInfo } from '@temporalio/activity';
import type { Twilio } from '../../plan';
import type { Taken } from '../../workflows/contracts/people';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';
import { channelFailure } from './failure';
import { post } from './post';

export interface SendSms {
  twilio: Twilio;
  to: string;
  /** 160 characters at most, with a reference that no other message has. */
  text: string;
}

/** `+1-555-0123` → `+15550123`: E.164, as the API wants it. */
const e164 = (phone: string): string => phone.replace(/[^\d+]/g, '');

interface Listed {
  messages?: { sid?: string; body?: string; status?: string }[];
}

/**
 * Gives a text message to Twilio. The API knows no idempotency key: a second try first looks whether the message is there,
 * by its text, which holds the reference of the message.
 * @throws DR-CHANNEL, DR-SECRET
 */
export async function sendSms({ twilio, to, text }: SendSms): Promise<Taken> {
  return withHeartbeat(`SMS to ${to}`, async (_beat, signal) => {
    const { attempt: attempts } = activityInfo();
    const token = await secret(twilio.token);
    const url = `${twilio.api.replace(/\/$/, '')}/2010-04-01/Accounts/${twilio.account}/Messages.json`;
    const headers = {
      authorization: `Basic ${Buffer.from(`${twilio.account}:${token}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const what = `Twilio at ${new URL(twilio.api).host}`;
    if (attempts > 1) {
      const asked = new URLSearchParams({ To: e164(to), From: e164(twilio.from), PageSize: '50' });
      const list = await post({ what, url: `${url}?${asked.toString()}`, headers, body: '', signal, method: 'GET' });
      const { messages = [] } = parsed(list) as Listed;
      const there = messages.find(({ body, status }) => body === text && !/^(failed|undelivered)$/.test(status ?? ''));
      if (there) return { state: 'accepted', attempts, ...(there.sid ? { id: there.sid } : {}) };
    }
    const body = new URLSearchParams({ To: e164(to), From: e164(twilio.from), Body: text }).toString();
    const { sid, error_code: problem } = parsed(await post({ what, url, headers, body, signal })) as {
      sid?: string;
      error_code?: number | null;
    };
    if (problem) throw channelFailure(`${what} took the SMS to ${to} with error ${problem}`, false);
    return { state: 'accepted', attempts, ...(sid ? { id: sid } : {}) };
  });
}

/** Another answer than JSON was still a 2xx: the message is theirs. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

import { activityInfo } from '@temporalio/activity';
import { createTransport } from 'nodemailer';
import type { Smtp } from '../../plan';
import type { Taken } from '../../workflows/contracts/people';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';
import { channelFailure } from './failure';

export interface SendEmail {
  smtp: Smtp;
  to: string;
  subject: string;
  text: string;
  /** The same for every try: it becomes the Message-ID, by which a mailbox tells a second copy. */
  key: string;
  severity: string;
}

/** Longest wait for the server at any point of the talk, milliseconds. */
const patienceMs = 10_000;
const onThisMachine = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * Gives an e-mail to the mail server of the plan. A password goes over the wire encrypted, or not at all.
 * @throws DR-CHANNEL; retryable unless the server refused for good (5xx of RFC 5321)
 * @throws DR-SECRET
 */
export async function sendEmail({ smtp, to, subject, text, key, severity }: SendEmail): Promise<Taken> {
  return withHeartbeat(`e-mail to ${to}`, async (_beat, signal) => {
    const { host, port, secure, user, password, from } = smtp;
    const auth = user !== undefined && password !== undefined ? { user, pass: await secret(password) } : undefined;
    const transport = createTransport({
      host,
      port,
      secure,
      requireTLS: auth !== undefined && !secure && !onThisMachine.test(host),
      ...(auth ? { auth } : {}),
      connectionTimeout: patienceMs,
      greetingTimeout: patienceMs,
      socketTimeout: patienceMs,
      dnsTimeout: patienceMs,
      // What a message holds is ours; nothing of it is fetched from a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const { response, rejected } = await transport.sendMail({
        from,
        to,
        subject,
        text,
        messageId: `<${key}@${from.slice(from.lastIndexOf('@') + 1)}>`,
        ...(severity === 'critical' ? { priority: 'high' as const } : {}),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Dr-Key': key },
      });
      if (rejected.length > 0) throw channelFailure(`${host} rejected ${to}: ${response}`, false);
      return { state: 'accepted', attempts: activityInfo().attempt, id: key };
    } catch (error) {
      signal.throwIfAborted();
      if ((error as Error).name === 'ApplicationFailure') throw error;
      const { responseCode, code, message } = error as Error & { responseCode?: number; code?: string };
      throw channelFailure(
        `mail server ${host}:${port} did not take the e-mail to ${to}: ${message}${code ? ` (${code})` : ''}`,
        responseCode === undefined || responseCode < 500,
      );
    } finally {
      transport.close();
    }
  });
}

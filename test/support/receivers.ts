/** Real receivers on this machine: a mail server, and an HTTP server that stands for Slack, Twilio, a webhook and a status API. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What a receiver answers: status, body and headers. */
export interface Answer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

/** An HTTP server that keeps what it is told, and answers as a test says. */
export class HttpReceiver {
  readonly received: Received[] = [];

  private constructor(
    private readonly server: Server,
    /** Answers a request; what it throws away is 200. */
    private answer: (request: Received) => Answer | undefined,
  ) {}

  static async open(): Promise<HttpReceiver> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString('utf8')));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const one = { method, path, headers, body };
        receiver.received.push(one);
        const { status, body: text = 'ok', headers: more = {} } = receiver.answer(one) ?? { status: 200 };
        response.writeHead(status, more).end(text);
      });
    });
    const receiver = new HttpReceiver(server, () => undefined);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was told below a path. */
  at(prefix: string): Received[] {
    return this.received.filter(({ path }) => path.startsWith(prefix));
  }

  /** Begins anew: nothing was received, and these are the answers. */
  behave(answer: (request: Received) => Answer | undefined): void {
    this.received.length = 0;
    this.answer = answer;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }
}

/** A mail server that asks for a password, and takes or refuses recipients as a test says. */
export class MailReceiver {
  readonly received: string[] = [];
  /** What was answered to recipients that were refused, in order; empty: every one is taken. */
  refusals: { code: number; says: string }[] = [];
  private readonly server: SMTPServer;

  private constructor(user: string, password: string) {
    this.server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (auth, _session, callback) =>
        auth.username === user && auth.password === password
          ? callback(null, { user })
          : callback(new Error('wrong password')),
      onRcptTo: (_address, _session, callback) => {
        const refusal = this.refusals.shift();
        if (!refusal) return callback();
        callback(Object.assign(new Error(refusal.says), { responseCode: refusal.code }));
      },
      onData: (stream, _session, callback) => {
        let text = '';
        stream.on('data', (part: Buffer) => (text += part.toString('utf8')));
        stream.on('end', () => {
          this.received.push(text);
          callback();
        });
      },
    });
  }

  static async open(user: string, password: string): Promise<MailReceiver> {
    const receiver = new MailReceiver(user, password);
    await new Promise<void>((done) => receiver.server.listen(0, '127.0.0.1', () => done()));
    return receiver;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((done) => this.server.close(() => done()));
  }
}

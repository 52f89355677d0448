import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { dirname } from 'node:path';
import { contentHash, Journal, type Kind } from './journal';
import { verdict, type Verdict, type VerdictOptions } from './verdict';

export interface LedgerOptions {
  /** The front door (nginx) or the api-gateway, e.g. http://127.0.0.1:8080 */
  gatewayUrl: string;
  /** Orders per second, each followed by its payment. Default 10. */
  ratePerSecond?: number;
  /** The journal; appended to, so that one file can hold several runs. */
  file: string;
  /** Milliseconds a request may take before it counts as not acknowledged. Default 10 s. */
  timeoutMs?: number;
}

export interface Counts {
  sent: number;
  acknowledged: number;
  failed: number;
}

/** At most this many requests wait at once; beyond, a tick is left out instead of piling up during an outage. */
const MAX_IN_FLIGHT = 50;

/**
 * The outside client: places orders and payments at a steady rate through the gateway and writes down what was sent and
 * what was acknowledged. It never sends anything twice, so every row it finds later has exactly one origin.
 *
 * The first eight digits of every id are the run's own: rows of other clients are never taken for ours.
 */
export class Ledger {
  private readonly journal: Journal;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT });
  private readonly inFlight = new Set<Promise<void>>();
  private readonly counts: Counts = { sent: 0, acknowledged: 0, failed: 0 };
  private readonly run = randomBytes(4).toString('hex');
  private readonly timer: NodeJS.Timeout;
  private number = 0;

  private constructor(private readonly options: LedgerOptions) {
    mkdirSync(dirname(options.file), { recursive: true });
    this.journal = new Journal(options.file);
    this.journal.add({ type: 'run', run: this.run, startedAt: new Date().toISOString(), gateway: options.gatewayUrl });
    this.timer = setInterval(() => this.tick(), 1000 / (options.ratePerSecond ?? 10));
  }

  static start(options: LedgerOptions): Ledger {
    return new Ledger(options);
  }

  /** What happened so far. */
  get progress(): Counts {
    return { ...this.counts };
  }

  get file(): string {
    return this.options.file;
  }

  /** Sends nothing new, waits for the answers still out, closes the journal. */
  async stop(): Promise<Counts> {
    clearInterval(this.timer);
    await Promise.all(this.inFlight);
    this.journal.close();
    this.agent.destroy();
    return this.progress;
  }

  /** Compares the journal with the database; see `verdict`. May be called while the ledger runs. */
  verdict(options: Omit<VerdictOptions, 'file'>): Promise<Verdict> {
    return verdict({ ...options, file: this.options.file });
  }

  private tick(): void {
    if (this.inFlight.size >= MAX_IN_FLIGHT) return;
    const work = this.orderAndPay().finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
  }

  private async orderAndPay(): Promise<void> {
    const n = this.number++;
    const quantity = 1 + (n % 4);
    const totalCents = quantity * (450 + ((n * 37) % 2000));
    const order = {
      id: this.newId(),
      customerId: 1 + (n % 300),
      propertyId: 1 + (n % 8),
      totalCents,
      items: [{ name: `Dish ${n % 10}`, quantity, priceCents: totalCents / quantity }],
    };
    if (!(await this.send('order', '/api/orders', order))) return;
    const method = n % 3 === 0 ? 'cash' : 'card';
    await this.send('payment', '/api/payments', {
      id: this.newId(),
      orderId: order.id,
      amountCents: totalCents,
      method,
    });
  }

  private newId(): string {
    return this.run + randomUUID().slice(8);
  }

  private async send(kind: Kind, path: string, body: { id: string; [field: string]: unknown }): Promise<boolean> {
    const { id } = body;
    this.counts.sent++;
    this.journal.add({ type: 'sent', kind, id, hash: contentHash(body), at: new Date().toISOString() });
    try {
      const answer = await this.post(path, JSON.stringify(body));
      if (answer.status !== 201) throw new Error(`status ${answer.status}`);
      const { committedAt } = JSON.parse(answer.text) as { committedAt?: string | null };
      this.journal.add({ type: 'acknowledged', id, at: new Date().toISOString(), committedAt: committedAt ?? null });
      this.counts.acknowledged++;
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.journal.add({ type: 'failed', id, at: new Date().toISOString(), reason });
      this.counts.failed++;
      return false;
    }
  }

  private post(path: string, text: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const url = new URL(path, this.options.gatewayUrl);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const timeoutMs = this.options.timeoutMs ?? 10_000;
      const outgoing = request(url, { method: 'POST', agent: this.agent, headers }, (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => (answer += part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer }));
      });
      const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      outgoing.on('error', reject);
      outgoing.on('close', () => clearTimeout(timer));
      outgoing.end(text);
    });
  }
}

import { connect, type Socket } from 'node:net';
import { HttpError } from './http';

type Answer = string | number | null | Answer[];

/** Takes one answer off the front of `data` (RESP2); undefined while it is incomplete. */
export function parse(data: Buffer, at = 0): { value: Answer | Error; end: number } | undefined {
  const line = data.indexOf('\r\n', at);
  if (line < 0) return undefined;
  const text = data.toString('utf8', at + 1, line);
  const next = line + 2;
  switch (String.fromCharCode(data[at] ?? 0)) {
    case '+':
      return { value: text, end: next };
    case '-':
      return { value: new Error(text), end: next };
    case ':':
      return { value: Number(text), end: next };
    case '$': {
      const length = Number(text);
      if (length < 0) return { value: null, end: next };
      if (data.length < next + length + 2) return undefined;
      return { value: data.toString('utf8', next, next + length), end: next + length + 2 };
    }
    case '*': {
      const items: Answer[] = [];
      let end = next;
      for (let i = 0; i < Number(text); i++) {
        const item = parse(data, end);
        if (!item) return undefined;
        items.push(item.value instanceof Error ? item.value.message : item.value);
        end = item.end;
      }
      return { value: items, end };
    }
    default:
      return { value: new Error('not a Redis answer'), end: data.length };
  }
}

interface Waiting {
  resolve: (value: Answer) => void;
  reject: (error: Error) => void;
}

/** A small Redis client: one connection, made when first needed and again after it broke; every command is bounded. */
export class Redis {
  private socket: Socket | undefined;
  private data: Buffer = Buffer.alloc(0);
  private waiting: Waiting[] = [];

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly password: string,
    private readonly timeout = 2000,
  ) {}

  private drop(error: Error): void {
    this.socket?.destroy();
    this.socket = undefined;
    this.data = Buffer.alloc(0);
    for (const one of this.waiting.splice(0)) one.reject(error);
  }

  private open(): Socket {
    if (this.socket) return this.socket;
    const socket = connect({ host: this.host, port: this.port, keepAlive: true });
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.data = this.data.length ? Buffer.concat([this.data, chunk]) : chunk;
      for (let one = parse(this.data); one; one = parse(this.data)) {
        this.data = this.data.subarray(one.end);
        const next = this.waiting.shift();
        if (one.value instanceof Error) next?.reject(one.value);
        else next?.resolve(one.value);
      }
    });
    const broke = () => socket === this.socket && this.drop(new HttpError(503, 'Redis is not available'));
    socket.on('error', broke);
    socket.on('close', broke);
    this.write(socket, ['AUTH', this.password]).catch(() => undefined);
    return socket;
  }

  private write(socket: Socket, words: (string | number)[]): Promise<Answer> {
    const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      socket.write(`*${words.length}\r\n${parts.join('')}`);
    });
  }

  /** Runs one command. Fails with 503 when Redis does not answer in time; the connection is then given up. */
  async command(...words: (string | number)[]): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new HttpError(503, 'Redis does not answer');
        this.drop(error);
        reject(error);
      }, this.timeout);
    });
    try {
      return await Promise.race([this.write(this.open(), words), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.drop(new Error('closed'));
  }
}

/**
 * An admin console of a pooler as far as holding clients goes (pgbouncer manual, "Admin console"), on a port of its own: for
 * what happens when transactions do not end or a worker dies in the middle, which a real one shows only by chance.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class FakeConsole {
  /** The database is paused, or a PAUSE still waits for its transactions. */
  paused = false;
  /** Server connections that still work for a client. */
  busy = 0;
  readonly commands: string[] = [];
  private readonly waiting = new Set<Socket>();
  private readonly open = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<FakeConsole> {
    const server = createServer();
    const console = new FakeConsole(server);
    server.on('connection', (socket) => console.serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return console;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.open) socket.destroy();
    this.server.close();
  }

  private serve(socket: Socket): void {
    this.open.add(socket);
    socket.on('error', () => undefined).on('close', () => this.waiting.delete(socket));
    let started = false;
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        // The first message has no type (PostgreSQL manual 55.7).
        const head = started ? 1 : 0;
        if (rest.length < head + 4) return;
        const length = head + rest.readInt32BE(head);
        if (rest.length < length) return;
        const message = rest.subarray(0, length);
        rest = rest.subarray(length);
        if (!started) {
          started = true;
          socket.write(Buffer.concat([packet('R', int32(0)), ready]));
        } else if (message.toString('latin1', 0, 1) === 'Q')
          this.answer(socket, message.toString('utf8', 5, length - 1));
      }
    });
  }

  private answer(socket: Socket, command: string): void {
    this.commands.push(command);
    const [verb = ''] = command.split(' ');
    const done = Buffer.concat([packet('C', text(verb)), ready]);
    switch (verb) {
      case 'SHOW':
        socket.write(Buffer.concat([table(command === 'SHOW POOLS' ? this.pool() : this.databases()), done]));
        return;
      case 'PAUSE':
        this.paused = true;
        // It answers when every transaction has ended.
        if (this.busy > 0) this.waiting.add(socket);
        else socket.write(done);
        return;
      case 'KILL':
        this.busy = 0;
        break;
      case 'RESUME':
        this.paused = false;
        break;
    }
    socket.write(done);
  }

  private databases(): Record<string, string> {
    return {
      name: 'theshandi_db',
      host: 'postgres',
      port: '5432',
      database: 'theshandi_db',
      paused: this.paused ? '1' : '0',
    };
  }

  private pool(): Record<string, string> {
    return { database: 'theshandi_db', sv_active: String(this.busy), sv_idle: '0', sv_used: '0' };
  }
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number): Buffer => int32(value).subarray(2);
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

function packet(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

const ready = packet('Z', Buffer.from('I'));

/** RowDescription and one DataRow, every column text. */
function table(row: Record<string, string>): Buffer {
  const columns = Object.keys(row).map((name) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]),
  );
  const values = Object.values(row).flatMap((value) => [int32(Buffer.byteLength(value)), Buffer.from(value)]);
  return Buffer.concat([packet('T', int16(columns.length), ...columns), packet('D', int16(columns.length), ...values)]);
}

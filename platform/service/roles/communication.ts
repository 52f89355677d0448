import { randomUUID } from 'node:crypto';
import { fields } from '../input';
import type { Role } from '../role';

const QUEUE = 'messages:outgoing';

/** Messages to guests, queued in Redis. */
export const communication: Role = {
  tables: [],
  redis: true,
  routes: ({ redis }) => [
    {
      method: 'POST',
      path: '/api/messages',
      handle: async ({ body }) => {
        const { to, text } = fields(body, ['to', 'text']);
        const message = { id: randomUUID(), to, text, queuedAt: new Date().toISOString() };
        await redis.command('LPUSH', QUEUE, JSON.stringify(message));
        await redis.command('LTRIM', QUEUE, 0, 999);
        return { status: 201, body: message };
      },
    },
    {
      method: 'GET',
      path: '/api/messages',
      handle: async () => ({ status: 200, body: { queued: await redis.command('LLEN', QUEUE) } }),
    },
  ],
};

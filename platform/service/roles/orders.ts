import { isDeepStrictEqual } from 'node:util';
import { heartbeat } from '../heartbeat';
import { HttpError } from '../http';
import { fields, limit, requestId, wholeNumber } from '../input';
import type { Role } from '../role';

const COLUMNS = `id, customer_id AS "customerId", property_id AS "propertyId", total_cents AS "totalCents", items, status,
  placed_at AS "placedAt"`;

/**
 * Orders. 201 is the acknowledgement: it is sent after the commit, with the commit's own time, and from then on the
 * order must not be lost. The same order sent again is acknowledged with 200; another one under the same id is refused.
 */
export const orders: Role = {
  tables: ['orders', 'customers'],
  redis: true,
  start: ({ database, metrics }) => heartbeat(database, metrics),
  routes: ({ database, redis }) => [
    {
      method: 'POST',
      path: '/api/orders',
      handle: async ({ body }) => {
        const given = fields(body, ['customerId', 'propertyId', 'totalCents', 'items']);
        const id = requestId(given);
        const order = {
          customerId: wholeNumber(given, 'customerId'),
          propertyId: wholeNumber(given, 'propertyId'),
          totalCents: wholeNumber(given, 'totalCents'),
          items: given['items'],
        };
        if (!Array.isArray(order.items) || order.items.length === 0)
          throw new HttpError(400, `'items' has to be a list with at least one item`);
        const [made] = await database.rows<{ xid: string }>(
          `INSERT INTO orders (id, customer_id, property_id, total_cents, items) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS}, pg_current_xact_id()::text AS xid`,
          [id, order.customerId, order.propertyId, order.totalCents, JSON.stringify(order.items)],
        );
        if (made) {
          const { xid, ...row } = made;
          // What Redis keeps is a convenience: the order stands whether it is there or not.
          redis.command('LPUSH', 'orders:recent', id).then(
            () => redis.command('LTRIM', 'orders:recent', 0, 99).catch(() => undefined),
            () => undefined,
          );
          return { status: 201, body: { ...row, committedAt: await database.committedAt(xid) } };
        }
        const [there] = await database.rows<typeof order>(`SELECT ${COLUMNS} FROM orders WHERE id = $1`, [id]);
        if (!there) throw new HttpError(503, 'the order was taken away meanwhile; send it again');
        const { customerId, propertyId, totalCents, items } = there;
        if (!isDeepStrictEqual({ customerId, propertyId, totalCents, items }, order))
          throw new HttpError(409, `order ${id} exists with other contents`);
        return { status: 200, body: there };
      },
    },
    {
      method: 'GET',
      path: '/api/orders',
      handle: async ({ query }) => ({
        status: 200,
        body: await database.rows(`SELECT ${COLUMNS} FROM orders ORDER BY placed_at DESC LIMIT $1`, [limit(query)]),
      }),
    },
    {
      method: 'GET',
      path: '/api/orders/:id',
      handle: async ({ params }) => {
        const [row] = await database.rows(`SELECT ${COLUMNS} FROM orders WHERE id = $1`, [params['id']]);
        if (!row) throw new HttpError(404, `there is no order ${params['id'] ?? ''}`);
        return { status: 200, body: row };
      },
    },
  ],
};

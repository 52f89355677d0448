import { HttpError } from '../http';
import { fields, limit, requestId, wholeNumber } from '../input';
import type { Role } from '../role';

const COLUMNS = `id, order_id AS "orderId", amount_cents AS "amountCents", method, paid_at AS "paidAt"`;

/** Payments: acknowledged, repeated and refused by the same rules as orders. A payment marks its order as paid. */
export const payments: Role = {
  tables: ['payments', 'orders'],
  redis: false,
  routes: ({ database }) => [
    {
      method: 'POST',
      path: '/api/payments',
      handle: async ({ body }) => {
        const given = fields(body, ['orderId', 'amountCents', 'method']);
        const id = requestId(given);
        const amountCents = wholeNumber(given, 'amountCents');
        // One statement, so one transaction: no connection is held between two of them in the pooler.
        const [made] = await database.rows<{ xid: string }>(
          `WITH paid AS (
             INSERT INTO payments (id, order_id, amount_cents, method) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO NOTHING RETURNING *
           ), settled AS (
             UPDATE orders SET status = 'paid' WHERE id = (SELECT order_id FROM paid) AND status = 'placed'
           )
           SELECT ${COLUMNS}, pg_current_xact_id()::text AS xid FROM paid`,
          [id, given['orderId'], amountCents, given['method']],
        );
        if (made) {
          const { xid, ...row } = made;
          return { status: 201, body: { ...row, committedAt: await database.committedAt(xid) } };
        }
        const [there] = await database.rows<{ orderId: string; amountCents: number; method: string }>(
          `SELECT ${COLUMNS} FROM payments WHERE id = $1`,
          [id],
        );
        if (!there) throw new HttpError(503, 'the payment was taken away meanwhile; send it again');
        if (there.orderId !== given['orderId'] || there.amountCents !== amountCents || there.method !== given['method'])
          throw new HttpError(409, `payment ${id} exists with other contents`);
        return { status: 200, body: there };
      },
    },
    {
      method: 'GET',
      path: '/api/payments',
      handle: async ({ query }) => ({
        status: 200,
        body: await database.rows(`SELECT ${COLUMNS} FROM payments ORDER BY paid_at DESC LIMIT $1`, [limit(query)]),
      }),
    },
  ],
};

import { HttpError } from '../http';
import { fields, wholeNumber } from '../input';
import type { Role } from '../role';

const KEEP_SECONDS = 30;

/** Menus per property: kept in the database, read through Redis. Without Redis it answers from the database. */
export const menus: Role = {
  tables: ['menu_items'],
  redis: true,
  routes: ({ database, redis }) => [
    {
      method: 'GET',
      path: '/api/menus/:propertyId',
      handle: async ({ params }) => {
        const property = Number(params['propertyId']);
        if (!Number.isSafeInteger(property)) throw new HttpError(400, 'the property has to be a number');
        const key = `menu:${property}`;
        const kept = await redis.command('GET', key).catch(() => null);
        if (typeof kept === 'string') return { status: 200, body: JSON.parse(kept) as unknown };
        const rows = await database.rows(
          `SELECT id, name, price_cents AS "priceCents" FROM menu_items WHERE property_id = $1 ORDER BY id`,
          [property],
        );
        if (rows.length === 0) throw new HttpError(404, `there is no menu of property ${property}`);
        await redis.command('SET', key, JSON.stringify(rows), 'EX', KEEP_SECONDS).catch(() => undefined);
        return { status: 200, body: rows };
      },
    },
    {
      method: 'POST',
      path: '/api/menus',
      handle: async ({ body }) => {
        const given = fields(body, ['propertyId', 'name', 'priceCents']);
        const property = wholeNumber(given, 'propertyId');
        const [row] = await database.rows(
          `INSERT INTO menu_items (property_id, name, price_cents) VALUES ($1, $2, $3)
           ON CONFLICT (property_id, name) DO UPDATE SET price_cents = EXCLUDED.price_cents
           RETURNING id, name, price_cents AS "priceCents"`,
          [property, given['name'], wholeNumber(given, 'priceCents')],
        );
        await redis.command('DEL', `menu:${property}`).catch(() => undefined);
        return { status: 201, body: row };
      },
    },
  ],
};

import { HttpError } from '../http';
import type { Role } from '../role';
import { fields, limit } from '../input';

/**
 * A service that keeps records of one table: list, read one, write one.
 *
 * POST inserts; for a table whose key the client chooses it replaces what is there, so sending it twice changes nothing.
 *
 * @param resource path below /api
 * @param columns JSON field → column, all required in a POST
 * @param key the key column; `id` is given by the database
 */
export function records(resource: string, table: string, columns: Record<string, string>, key = 'id'): Role {
  const names = Object.entries(columns);
  const select = [key === 'id' ? 'id' : '', ...names.map(([field, column]) => `${column} AS "${field}"`)]
    .filter(Boolean)
    .join(', ');
  const list = names.map(([, column]) => column);
  const marks = list.map((_column, i) => `$${i + 1}`).join(', ');
  const replace = list.filter((column) => column !== key).map((column) => `${column} = EXCLUDED.${column}`);
  const onConflict = key === 'id' ? '' : `ON CONFLICT (${key}) DO UPDATE SET ${replace.join(', ')}`;
  return {
    tables: [table],
    redis: false,
    routes: ({ database }) => [
      {
        method: 'GET',
        path: `/api/${resource}`,
        handle: async ({ query }) => ({
          status: 200,
          body: await database.rows(`SELECT ${select} FROM ${table} ORDER BY ${key} LIMIT $1`, [limit(query)]),
        }),
      },
      {
        method: 'GET',
        path: `/api/${resource}/:key`,
        handle: async ({ params }) => {
          const [row] = await database.rows(`SELECT ${select} FROM ${table} WHERE ${key} = $1`, [params['key']]);
          if (!row) throw new HttpError(404, `there is no ${resource} ${params['key'] ?? ''}`);
          return { status: 200, body: row };
        },
      },
      {
        method: 'POST',
        path: `/api/${resource}`,
        handle: async ({ body }) => {
          const given = fields(body, Object.keys(columns));
          const [row] = await database.rows(
            `INSERT INTO ${table} (${list.join(', ')}) VALUES (${marks}) ${onConflict} RETURNING ${select}`,
            names.map(([field]) => given[field]),
          );
          return { status: 201, body: row };
        },
      },
    ],
  };
}

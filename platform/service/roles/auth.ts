import { createHash, createHmac, randomBytes } from 'node:crypto';
import { HttpError } from '../http';
import { fields } from '../input';
import type { Role } from '../role';

const SESSION_SECONDS = 3600;

/** Sign-in against the database, sessions in Redis (they are lost with it, and people sign in again). */
export const auth: Role = {
  tables: ['users'],
  redis: true,
  routes: ({ database, redis }) => {
    // Redis keeps a keyed hash, not the token: a stolen dump opens no session.
    const secret = process.env['TOKEN_SECRET'] ?? '';
    const sessionKey = (token: string): string => `session:${createHmac('sha256', secret).update(token).digest('hex')}`;
    return [
      {
        method: 'POST',
        path: '/api/auth/login',
        handle: async ({ body }) => {
          const given = fields(body, ['email', 'password']);
          const hash = createHash('sha256').update(String(given['password'])).digest('hex');
          const [user] = await database.rows<{ id: number; role: string }>(
            'SELECT id, role FROM users WHERE email = $1 AND password_hash = $2',
            [given['email'], hash],
          );
          if (!user) throw new HttpError(401, 'email or password is wrong');
          const token = randomBytes(24).toString('base64url');
          await redis.command('SET', sessionKey(token), JSON.stringify(user), 'EX', SESSION_SECONDS);
          return { status: 201, body: { token, expiresInSeconds: SESSION_SECONDS } };
        },
      },
      {
        method: 'GET',
        path: '/api/auth/session',
        handle: async ({ headers }) => {
          const token = headers.authorization?.replace(/^Bearer /, '');
          const user = token ? await redis.command('GET', sessionKey(token)) : null;
          if (typeof user !== 'string') throw new HttpError(401, 'there is no such session');
          return { status: 200, body: JSON.parse(user) as unknown };
        },
      },
    ];
  },
};

import type { Role } from '../role';

/** Figures for management, computed when asked. */
export const analytics: Role = {
  tables: ['orders', 'payments'],
  redis: false,
  routes: ({ database }) => [
    {
      method: 'GET',
      path: '/api/analytics/today',
      handle: async () => {
        const [row] = await database.rows(
          `SELECT (SELECT count(*) FROM orders WHERE placed_at >= current_date) AS orders,
             (SELECT coalesce(sum(total_cents), 0) FROM orders WHERE placed_at >= current_date) AS "orderedCents",
             (SELECT count(*) FROM payments WHERE paid_at >= current_date) AS payments,
             (SELECT coalesce(sum(amount_cents), 0) FROM payments WHERE paid_at >= current_date) AS "paidCents"`,
        );
        return { status: 200, body: row };
      },
    },
  ],
};

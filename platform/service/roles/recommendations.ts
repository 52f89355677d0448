import { HttpError } from '../http';
import type { Role } from '../role';

const DISHES = ['Lentil soup', 'Grilled fish', 'Lamb stew', 'Garden salad', 'Walnut cake', 'Mint tea'];

/** Recommendations. What a guest was shown is counted in Redis, so that the next time something else is shown. */
export const recommendations: Role = {
  tables: [],
  redis: true,
  routes: ({ redis }) => [
    {
      method: 'GET',
      path: '/api/recommendations/:customerId',
      handle: async ({ params }) => {
        const customer = Number(params['customerId']);
        if (!Number.isSafeInteger(customer)) throw new HttpError(400, 'the customer has to be a number');
        const turn = await redis.command('HINCRBY', 'recommendations:shown', customer, 1);
        return { status: 200, body: { customer, dish: DISHES[(customer + Number(turn)) % DISHES.length] } };
      },
    },
  ],
};

import type { Role } from '../role';
import { analytics } from './analytics';
import { auth } from './auth';
import { communication } from './communication';
import { gateway } from './gateway';
import { menus } from './menus';
import { orders } from './orders';
import { payments } from './payments';
import { recommendations } from './recommendations';
import { records } from './records';

/** The fifteen services of The Shandi by name. */
export const roles: Record<string, Role> = {
  'api-gateway': gateway,
  'auth-service': auth,
  'property-service': records('properties', 'properties', { name: 'name', city: 'city' }),
  'menu-service': menus,
  'inventory-service': records(
    'inventory',
    'inventory',
    { menuItemId: 'menu_item_id', inStock: 'in_stock' },
    'menu_item_id',
  ),
  'customer-service': records('customers', 'customers', { name: 'name', email: 'email' }),
  'order-service': orders,
  'payment-service': payments,
  'loyalty-service': records(
    'loyalty',
    'loyalty_points',
    { customerId: 'customer_id', points: 'points' },
    'customer_id',
  ),
  'staff-service': records('staff', 'staff', { propertyId: 'property_id', position: 'position', badge: 'badge' }),
  'calendar-service': records('calendar', 'bookings', {
    propertyId: 'property_id',
    customerId: 'customer_id',
    day: 'day',
    guests: 'guests',
  }),
  'analytics-service': analytics,
  'ai-service': recommendations,
  'communication-service': communication,
  'content-service': records('content', 'content_pages', { slug: 'slug', title: 'title', body: 'body' }, 'slug'),
};

-- The business of The Shandi, one table per service where it keeps something.
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('guest', 'staff', 'manager')),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE properties (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  city text NOT NULL
);
CREATE TABLE menu_items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  property_id bigint NOT NULL REFERENCES properties,
  name text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0),
  UNIQUE (property_id, name)
);
CREATE TABLE inventory (
  menu_item_id bigint PRIMARY KEY REFERENCES menu_items,
  in_stock integer NOT NULL CHECK (in_stock >= 0),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE
);
-- Orders and payments carry the id the client chose: sending one twice cannot make two.
CREATE TABLE orders (
  id uuid PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  property_id bigint NOT NULL REFERENCES properties,
  total_cents integer NOT NULL CHECK (total_cents >= 0),
  items jsonb NOT NULL,
  status text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'paid', 'served', 'cancelled')),
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX orders_by_time ON orders (placed_at);
CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE TABLE payments (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders,
  amount_cents integer NOT NULL CHECK (amount_cents >= 0),
  method text NOT NULL CHECK (method IN ('card', 'cash', 'voucher')),
  paid_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX payments_by_order ON payments (order_id);
CREATE TABLE loyalty_points (
  customer_id bigint PRIMARY KEY REFERENCES customers,
  points integer NOT NULL DEFAULT 0 CHECK (points >= 0)
);
CREATE TABLE staff (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  property_id bigint NOT NULL REFERENCES properties,
  position text NOT NULL,
  badge text NOT NULL UNIQUE
);
CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  property_id bigint NOT NULL REFERENCES properties,
  customer_id bigint NOT NULL REFERENCES customers,
  day date NOT NULL,
  guests integer NOT NULL CHECK (guests > 0)
);
CREATE TABLE content_pages (
  slug text PRIMARY KEY,
  title text NOT NULL,
  body text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
-- One row a second through the client path: the age of the newest row after a recovery is the data loss in seconds,
-- and a commit every second makes every moment reachable as a recovery target. Pruned to one hour.
CREATE TABLE dr_heartbeat (
  id bigserial PRIMARY KEY,
  node text,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX dr_heartbeat_by_time ON dr_heartbeat (at);

-- The same rows on every machine: tests can name them. No orders and payments: these come through the client path.
INSERT INTO properties (name, city)
  SELECT 'The Shandi ' || city, city
  FROM unnest(ARRAY['Harbour', 'Old Town', 'Riverside', 'Station', 'Airport', 'Lakeside', 'Market', 'Hillside']) AS city;
INSERT INTO menu_items (property_id, name, price_cents)
  SELECT p, dish, 450 + (p * 37 + n * 91) % 2400
  FROM generate_series(1, 8) AS p,
    unnest(ARRAY['Lentil soup', 'Flat bread', 'Grilled fish', 'Lamb stew', 'Rice with herbs', 'Aubergine', 'Garden salad',
      'Walnut cake', 'Mint tea', 'Coffee']) WITH ORDINALITY AS d (dish, n);
INSERT INTO inventory (menu_item_id, in_stock) SELECT id, 100 + id * 7 % 300 FROM menu_items;
INSERT INTO customers (name, email)
  SELECT 'Guest ' || n, 'guest' || n || '@example.com' FROM generate_series(1, 300) AS n;
INSERT INTO users (email, role, password_hash)
  SELECT 'user' || n || '@example.com',
    CASE WHEN n <= 10 THEN 'manager' WHEN n <= 60 THEN 'staff' ELSE 'guest' END, encode(sha256(('user' || n)::bytea), 'hex')
  FROM generate_series(1, 200) AS n;
INSERT INTO loyalty_points (customer_id, points) SELECT id, id * 13 % 500 FROM customers;
INSERT INTO staff (property_id, position, badge)
  SELECT 1 + n % 8, (ARRAY['cook', 'waiter', 'host', 'cleaner'])[1 + n % 4], 'B' || lpad(n::text, 4, '0')
  FROM generate_series(1, 64) AS n;
INSERT INTO bookings (property_id, customer_id, day, guests)
  SELECT 1 + n % 8, 1 + n % 300, date '2026-01-01' + n % 365, 1 + n % 6 FROM generate_series(1, 400) AS n;
INSERT INTO content_pages (slug, title, body)
  SELECT 'page-' || n, 'Page ' || n, 'Text of page ' || n FROM generate_series(1, 20) AS n;

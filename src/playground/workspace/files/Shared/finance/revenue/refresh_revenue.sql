-- Rebuilds the last days of the finance mart.
CREATE TABLE IF NOT EXISTS IDENTIFIER({{catalog}} || '.finance.daily_revenue') (
  day DATE,
  country STRING,
  currency STRING,
  gross DECIMAL(18, 2),
  refunds DECIMAL(18, 2),
  net DECIMAL(18, 2)
);

DELETE FROM IDENTIFIER({{catalog}} || '.finance.daily_revenue')
WHERE day >= date_sub(current_date(), CAST({{days}} AS INT));

INSERT INTO IDENTIFIER({{catalog}} || '.finance.daily_revenue')
SELECT
  to_date(o.ordered_at) AS day,
  o.ship_to_country AS country,
  o.currency,
  SUM(o.quantity * o.price) AS gross,
  SUM(COALESCE(r.amount, 0)) AS refunds,
  SUM(o.quantity * o.price) - SUM(COALESCE(r.amount, 0)) AS net
FROM IDENTIFIER({{catalog}} || '.orders.order_lines') AS o
LEFT JOIN IDENTIFIER({{catalog}} || '.orders.refunds') AS r ON r.order_id = o.order_id AND r.sku = o.sku
WHERE to_date(o.ordered_at) >= date_sub(current_date(), CAST({{days}} AS INT))
GROUP BY ALL;

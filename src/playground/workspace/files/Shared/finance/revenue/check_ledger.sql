-- Fails when yesterday's revenue and the ledger differ by more than one euro.
SELECT
  assert_true(
    ABS(m.net - l.net) <= 1,
    'daily_revenue and ledger differ: ' || m.net || ' against ' || l.net
  ) AS checked
FROM (
  SELECT SUM(net) AS net FROM IDENTIFIER({{catalog}} || '.finance.daily_revenue')
  WHERE day = date_sub(current_date(), 1) AND currency = 'EUR'
) AS m
CROSS JOIN (
  SELECT SUM(amount) AS net FROM IDENTIFIER({{catalog}} || '.finance.ledger')
  WHERE booked_on = date_sub(current_date(), 1) AND account = 'revenue' AND currency = 'EUR'
) AS l;

-- label: changes none; written by catalog; read by catalog
CREATE TABLE IF NOT EXISTS IDENTIFIER(:catalog || '.finance.ledger_daily') (day DATE, net DECIMAL(18, 2));

DELETE FROM IDENTIFIER(:catalog || '.finance.ledger_daily') WHERE day >= current_date() - INTERVAL 7 DAYS;

INSERT INTO IDENTIFIER(:catalog || '.finance.ledger_daily')
SELECT day, sum(amount) FROM IDENTIFIER(:catalog || '.finance.ledger') GROUP BY day;

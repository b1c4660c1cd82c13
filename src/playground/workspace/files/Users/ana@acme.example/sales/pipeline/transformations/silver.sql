CREATE OR REFRESH STREAMING TABLE silver_receipts (
  CONSTRAINT has_store EXPECT (store_id IS NOT NULL) ON VIOLATION DROP ROW
)
COMMENT 'Receipts with their store and without doubles.'
AS SELECT DISTINCT receipt_id, store_id, sold_at, amount
FROM STREAM(bronze_receipts);

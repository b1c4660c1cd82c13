-- label: writes gs://acme-audit/ledger/2025@5, gs://acme-audit/extracts/ledger@7, gs://acme-audit/raw@11, gs://acme-audit/raw@13
-- Unloads the ledger for the auditors.
CREATE EXTERNAL TABLE IF NOT EXISTS audit.ledger_2025 (id BIGINT, amount DECIMAL(18, 2))
STORED AS PARQUET
LOCATION 'gs://acme-audit/ledger/2025';

INSERT OVERWRITE DIRECTORY 'gs://acme-audit/extracts/ledger'
USING csv OPTIONS ('header' = 'true')
SELECT * FROM audit.ledger_2025;

COPY INTO delta.`gs://acme-audit/raw` FROM 'gs://acme-incoming/raw' FILEFORMAT = CSV;

OPTIMIZE delta.`gs://acme-audit/raw`;

SELECT count(*) FROM read_files('gs://acme-incoming/raw', format => 'csv');

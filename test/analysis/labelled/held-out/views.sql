-- label: changes main.gold.revenue@2, main.gold.targets@6, main.gold.targets@9; written by none; read by none
CREATE OR REFRESH MATERIALIZED VIEW main.gold.revenue AS
SELECT region, sum(net) AS net FROM main.silver.orders GROUP BY region;

-- INSERT INTO main.gold.old SELECT 1;
INSERT OVERWRITE TABLE main.gold.targets
SELECT region, target FROM main.planning.targets;

ALTER TABLE main.gold.targets SET TBLPROPERTIES ('delta.autoOptimize.optimizeWrite' = 'true');

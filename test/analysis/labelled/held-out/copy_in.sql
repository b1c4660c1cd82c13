-- label: changes main.landing.tickets@2, main.landing.tickets@6, main.landing.ticket_log@13; written by none; read by none
CREATE TABLE IF NOT EXISTS main.landing.tickets (
  id BIGINT,
  body STRING
);
COPY INTO main.landing.tickets
FROM '/Volumes/main/landing/tickets'
FILEFORMAT = JSON
FORMAT_OPTIONS ('multiLine' = 'true')
COPY_OPTIONS ('mergeSchema' = 'true');

INSERT INTO
  main.landing.ticket_log
SELECT current_timestamp(), count(*) FROM main.landing.tickets;

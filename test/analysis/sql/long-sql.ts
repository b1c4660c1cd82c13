// Statements at the limit of length that a careless reader would take minutes for; npm run bench measures what they cost.

export const LONG_SQL = ['(', '/*', "'", '--\n', 'a(', 'WITH a AS (', '\\', 'SELECT ', 'NOT '].map(
  (piece) => `SELECT ${piece.repeat(18_000 / piece.length)}`,
);

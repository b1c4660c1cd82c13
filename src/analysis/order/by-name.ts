// What the names of files say about their order: numbers (`01_load`, `step_3`), and layers (bronze before silver before gold).

/** A number at the start of a name, or behind `step` and the like; a year or a date is none. */
const NUMBER =
  /^[\s_.-]*(?:(?:step|part|task|stage|phase|nb|notebook)[\s_.-]*)?(\d{1,3})(?:[._-](\d{1,3})(?!\d))?(?!\d)|[\s_.-](?:step|part|stage|phase)[\s_.-]?(\d{1,3})(?!\d)/i;

/** Layers, from the first to the last; each with the words that mean it. */
const LAYERS: readonly RegExp[] = [
  /^(?:setup|init|bootstrap)$/i,
  /^(?:landing|ingest(?:ion)?|extract)$/i,
  /^(?:raw|bronze)$/i,
  /^(?:staging|stg|clean(?:sed|ed)?)$/i,
  /^(?:silver|transform(?:ation|ed)?|enrich(?:ed)?)$/i,
  /^(?:gold|marts?|curated|aggregat(?:es?|ed|ion))$/i,
  /^(?:features?|train(?:ing)?)$/i,
  /^(?:report(?:s|ing)?|serv(?:e|ing)|publish|export|score|scoring|inference)$/i,
  /^(?:cleanup|teardown|optimi[sz]e|vacuum|maintenance)$/i,
];

/** Why `first` comes before `second` by their names, in words; undefined where their names don't say so. */
export function nameOrder(first: string, second: string): string | undefined {
  const [one, two] = [first.split('/'), second.split('/')];
  const at = one.findIndex((part, index) => part !== two[index]);
  const [a, b] = [one[at] ?? '', two[at] ?? ''];
  const [numberA, numberB] = [numberOf(a), numberOf(b)];
  if (numberA !== undefined && numberB !== undefined) return numberA < numberB ? `${b} comes after ${a}` : undefined;
  const [layerA, layerB] = [layerOf(one.slice(at)), layerOf(two.slice(at))];
  return layerA !== undefined && layerB !== undefined && layerA.rank < layerB.rank
    ? `${layerB.word} comes after ${layerA.word}`
    : undefined;
}

/** `1.2` is behind `1` and before `2`. */
function numberOf(name: string): number | undefined {
  const match = NUMBER.exec(name);
  if (match === null) return undefined;
  const [, start, minor, later] = match;
  return Number(start ?? later) + Number(minor ?? 0) / 1000;
}

function layerOf(parts: readonly string[]): { rank: number; word: string } | undefined {
  for (const word of parts.flatMap((part) => part.split(/[^A-Za-z]+/))) {
    const rank = LAYERS.findIndex((layer) => layer.test(word));
    if (rank >= 0) return { rank, word };
  }
  return undefined;
}

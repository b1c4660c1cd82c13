// Asks where a person's development copies shall write: a schema and, where a job says it, a catalog, as they are now.
import type { InputBlock, ModalView } from '@slack/types';
import type { Release } from '../../../deployment/policy/release-diff.ts';
import { section } from '../blocks.ts';
import { clip, escapeText } from '../slack-text.ts';

export const WHERE_IT_WRITES = 'where_it_writes';
/** Where the answers stand in what is submitted; a field that is not asked is not there. */
export const SCHEMA = { block: 'schema', action: 'named' } as const;
export const CATALOG = { block: 'catalog', action: 'named' } as const;

/** What a name can have; longer ones are refused. */
const LONGEST_NAME = 100;

interface Asked {
  readonly target: string;
  readonly data: NonNullable<Release['ownData']>;
  /** Handed back with the answer: 3,000 characters at most. */
  readonly metadata: string;
}

export function renderWhereItWrites({ target, data, metadata }: Asked): ModalView {
  const { of, schemas, schema, catalog } = data;
  const production = of === '' ? '' : `\`${escapeText(clip(of.replaceAll('`', "'"), 120))}\``;
  const kept = `I keep your answer for your next development copies of data ${production === '' ? 'without a catalog of its own' : `in ${production}`}.`;
  const several = schemas.length > 1 && schema !== undefined ? [section(severalWords(schemas, schema))] : [];
  return {
    type: 'modal',
    callback_id: WHERE_IT_WRITES,
    private_metadata: metadata,
    title: { type: 'plain_text', text: 'Where the copy writes' },
    submit: { type: 'plain_text', text: 'Make a version' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      section(`What a run of *${escapeText(clip(target, 200))}* writes goes here, and not where production writes. ${kept}`),
      ...(schema === undefined ? [] : [field(SCHEMA, 'Schema', schema, SCHEMA_HINT)]),
      ...several,
      ...(catalog === undefined
        ? []
        : [{ ...field(CATALOG, 'Catalog', catalog, 'Left empty, it is that of production.'), optional: true }]),
    ],
  };
}

const SCHEMA_HINT =
  'It must be there, and you must be allowed to write to it. Where it has your name in it, colleagues who deploy this bundle get one with theirs.';

function severalWords(schemas: readonly string[], schema: string): string {
  const shown = schemas.slice(0, 5).map((one) => `\`${escapeText(clip(`${schema}_${one}`.replaceAll('`', "'"), 120))}\``);
  const more = schemas.length > shown.length ? ` and ${schemas.length - shown.length} more` : '';
  return `This job writes to ${schemas.length} schemas. Each gets one of its own, called after it: ${shown.join(', ')}${more}.`;
}

function field(at: { readonly block: string; readonly action: string }, label: string, value: string, hint: string): InputBlock {
  return {
    type: 'input',
    block_id: at.block,
    label: { type: 'plain_text', text: label },
    hint: { type: 'plain_text', text: hint },
    element: {
      type: 'plain_text_input',
      action_id: at.action,
      max_length: LONGEST_NAME,
      ...(value === '' ? {} : { initial_value: value.slice(0, LONGEST_NAME) }),
    },
  };
}

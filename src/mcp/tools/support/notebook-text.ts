// The text of a source for a model to read: of a Jupyter notebook only its cells, without outputs.
import { z } from 'zod';

const Notebook = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: z.union([z.string(), z.array(z.string())]) })),
});

/** The source as it is; for a Jupyter notebook its cells, each under a line that says its kind. */
export function sourceText(text: string, jupyter: boolean): string {
  if (!jupyter) return text;
  const cells = parse(text);
  if (cells === undefined) return text;
  return cells
    .map(
      ({ cell_type, source }, index) =>
        `# --- cell ${index + 1} (${cell_type}) ---\n${typeof source === 'string' ? source : source.join('')}`,
    )
    .join('\n\n');
}

function parse(text: string): z.infer<typeof Notebook>['cells'] | undefined {
  try {
    return Notebook.parse(JSON.parse(text)).cells;
  } catch {
    // Not a notebook after all: the reader gets the text as it is.
    return undefined;
  }
}

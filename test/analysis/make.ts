// Makes sources for the tests of the analysis.
import type { NotebookLanguage, Source } from '../../src/bundle/model/bundle.ts';

export function notebook(text: string, language: NotebookLanguage = 'PYTHON'): Source {
  return { path: '/Workspace/Users/ana@shop.test/etl/main', kind: 'notebook', language, format: 'SOURCE', bytes: Buffer.from(text) };
}

export function file(path: string, text: string): Source {
  return { path, kind: 'file', bytes: Buffer.from(text) };
}

/** A Jupyter notebook; cells that begin with `md:` are Markdown. */
export function jupyter(cells: readonly string[], language = 'python'): Source {
  const body = {
    metadata: { language_info: { name: language } },
    nbformat: 4,
    cells: cells.map((text) =>
      text.startsWith('md:')
        ? { cell_type: 'markdown', source: text.slice(3) }
        : { cell_type: 'code', outputs: [], source: text.split(/(?<=\n)/) },
    ),
  };
  return { path: '/Workspace/etl/lab', kind: 'notebook', format: 'JUPYTER', bytes: Buffer.from(JSON.stringify(body)) };
}

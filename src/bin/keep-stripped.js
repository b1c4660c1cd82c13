// Keeps sources without their types, and compiled, beside the packages: a program that runs from its sources spends half of its start on that.
// Node 22's own cache keeps what is compiled, but not what is stripped. It is JavaScript itself, so that nothing must be stripped when all is
// kept. Used as `node --import`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { enableCompileCache, registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KEPT = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'dab-bot');

const hash = (/** @type {string} */ text) => createHash('sha256').update(text).digest('hex');

/** The kept text, where it was made of this source; it ends in what it was made of, so that half of one does not count. */
function kept(/** @type {string} */ file, /** @type {string} */ end) {
  try {
    const text = readFileSync(file, 'utf8');
    return text.endsWith(end) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** What can't be kept is stripped again next time. */
function keep(/** @type {string} */ file, /** @type {string} */ text) {
  try {
    const beside = `${file}.${process.pid}`;
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch {
    // Somebody else's installation: nothing can be written there.
  }
}

try {
  mkdirSync(join(KEPT, 'stripped'), { recursive: true });
  enableCompileCache(join(KEPT, 'compiled'));
} catch {
  // As above.
}

registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const text = readFileSync(fileURLToPath(url), 'utf8');
    const file = join(KEPT, 'stripped', hash(url));
    const end = `\n// ${process.version} ${hash(text)}\n`;
    const known = kept(file, end);
    const source = known ?? stripTypeScriptTypes(text) + end;
    if (known === undefined) keep(file, source);
    return { format: 'module', source, shortCircuit: true };
  },
});

// The Python in a wheel (PEP 427): its modules and the programs that it declares, each unpacked only where it is asked for.
import { unzipSync } from 'fflate';
import { LIMITS } from './limits.ts';

interface Wheel {
  /** The path in the wheel of a module such as `acme.load`, a package's own included; undefined where it has none. */
  pathOf(module: string): string | undefined;
  /** Undefined of what is too large to be read, or damaged. */
  read(path: string): Uint8Array | undefined;
  /** The module of a declared program. */
  programs(): ReadonlyMap<string, string>;
}

/** Undefined of what is no wheel that can be read. */
export function openWheel(bytes: Uint8Array): Wheel | undefined {
  const sizes = new Map<string, number>();
  const list = ({ name, originalSize }: { readonly name: string; readonly originalSize: number }) => {
    if (sizes.size < LIMITS.wheelFiles && /\.py$|\.dist-info\/entry_points\.txt$/.test(name)) sizes.set(name, originalSize);
    return false;
  };
  if (unpack(bytes, list) === undefined) return undefined;
  const read = (path: string) =>
    (sizes.get(path) ?? LIMITS.textLength) < LIMITS.textLength ? unpack(bytes, ({ name }) => name === path)?.[path] : undefined;
  return {
    pathOf(module) {
      const path = module.replaceAll('.', '/');
      return [`${path}.py`, `${path}/__init__.py`].find((one) => sizes.has(one));
    },
    read,
    programs() {
      const declared = [...sizes.keys()].find((name) => name.endsWith('/entry_points.txt'));
      const text = new TextDecoder().decode(declared === undefined ? undefined : read(declared));
      return new Map([...text.matchAll(/^[ \t]*([\w.-]+)[ \t]*=[ \t]*([\w.]+)/gm)].map(([, name = '', module = '']) => [name, module]));
    },
  };
}

type Filter = NonNullable<NonNullable<Parameters<typeof unzipSync>[1]>['filter']>;

function unpack(bytes: Uint8Array, filter: Filter): Record<string, Uint8Array> | undefined {
  try {
    return unzipSync(bytes, { filter });
  } catch {
    // Damaged, or none: the job itself will say so.
    return undefined;
  }
}

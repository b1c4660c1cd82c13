// `npm run bench -- NAME…`: measures side by side and prints ratios; without a name all of them.
import { readdirSync } from 'node:fs';

const BENCHES = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.replace(/\.ts$/, ''));

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHES.includes(name));
if (unknown.length > 0) {
  console.error(`bench: there is no ${unknown.join(', ')}; there are ${BENCHES.join(', ')}`);
  process.exit(2);
}
for (const name of asked.length === 0 ? BENCHES : asked) {
  console.log(`\n# ${name}`);
  const bench: unknown = await import(`./${name}.ts`);
  if (typeof bench !== 'object' || bench === null || !('run' in bench) || typeof bench.run !== 'function')
    throw new Error(`${name} has no run()`);
  await bench.run();
}

// Files of DBFS and Volumes against the workspace stand-in, over real HTTP: paths as people write them, and page by page.
import { expect } from 'vitest';
import { databricksTest } from '../rig.ts';

const it = databricksTest({ seed: false });

it('lists DBFS under each way to write its paths', async ({ rig }) => {
  rig.file('/dbfs/tmp/in/a b.csv', '12345');
  rig.file('/dbfs/tmp/in/deep/c.csv', '1');
  const ana = rig.as();
  for (const path of ['dbfs:/tmp/in', '/dbfs/tmp/in/', '/tmp/in'])
    expect((await ana.listDataFiles(path))?.files).toMatchObject([
      { path: '/tmp/in/a b.csv', isFolder: false, size: 5 },
      { path: '/tmp/in/deep', isFolder: true },
    ]);
  expect(await ana.listDataFiles('dbfs:/nope')).toBeUndefined();
});

it('lists a Volume page by page, odd names among them', async ({ rig }) => {
  const folder = '/Volumes/main/raw/häl f#1%';
  for (let n = 0; n < 1201; n++) rig.file(`${folder}/${String(n).padStart(4, '0')}`);
  const ana = rig.as();
  const found: string[] = [];
  let next: string | undefined;
  let pages = 0;
  do {
    const page = await ana.listDataFiles(`dbfs:${folder}`, next);
    found.push(...(page?.files ?? []).map(({ path }) => path));
    next = page?.next;
    pages++;
  } while (next !== undefined);
  expect([found.length, new Set(found).size, pages]).toEqual([1201, 1201, 13]);
  expect(found[7]).toBe(`${folder}/0007`);
  expect(await ana.listDataFiles('/Volumes/main/none')).toBeUndefined();
});

it('pages a large DBFS folder too', async ({ rig }) => {
  for (let n = 0; n < 101; n++) rig.file(`/dbfs/many/${String(n).padStart(4, '0')}`);
  const ana = rig.as();
  const first = await ana.listDataFiles('dbfs:/many');
  const second = await ana.listDataFiles('dbfs:/many', first?.next);
  expect([first?.files.length, second?.files.map(({ path }) => path), second?.next]).toEqual([100, ['/many/0100'], undefined]);
});

// An embedded database on a disk that does not stay says at each start what that costs.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/storage/db/open.ts';
import { createLogger } from '../../../src/values/log.ts';

it('says what a deployment of the app forgets, and says nothing where the disk stays', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
  // No folder can be made in a file, so nothing is opened.
  const dataDir = join(import.meta.filename, 'data');
  await expect(openDatabase({ dataDir, endsWithDeployment: false }, log)).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(lines).toEqual([]);
  await expect(openDatabase({ dataDir, endsWithDeployment: true }, log)).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(lines).toEqual([expect.stringMatching(/sign-ins, open approvals and where production lives are forgotten/)]);
});

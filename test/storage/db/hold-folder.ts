// A second process for the lock's test: opens the folder it is given, says so, and holds it until it is killed.

import { openQueuedDatabase } from '../../../src/storage/db/open.ts';
import { createLogger } from '../../../src/values/log.ts';

const [, , dataDir = ''] = process.argv;
const storage = await openQueuedDatabase({ dataDir }, createLogger({ level: 'silent' }));
await storage.db.query('create table if not exists held (pid integer)');
await storage.db.query('insert into held values ($1)', [process.pid]);
process.stdout.write('open\n');
setInterval(() => undefined, 1000);

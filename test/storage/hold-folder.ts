// A second process for the lock's test: opens the folder it is given, says so, and holds it until it is killed.
import { createLogger } from '../../src/log.ts';
import { openStorage } from '../../src/storage/open.ts';

const [, , dataDir = ''] = process.argv;
const storage = await openStorage({ dataDir }, createLogger({ level: 'silent' }));
await storage.db.query('create table if not exists held (pid integer)');
await storage.db.query('insert into held values ($1)', [process.pid]);
process.stdout.write('open\n');
setInterval(() => undefined, 1000);

import { describeContentStoreContract } from './contents-contract.ts';
import { openedDatabase, resetTables } from './origin-test-support.ts';

const openDatabase = openedDatabase();

describeContentStoreContract('PGlite', async (use) => {
  await resetTables(openDatabase());
  await use(openDatabase());
});

import { describeContentStoreContract } from './testing/contents-contract.ts';
import { openedDatabase, resetTables } from './testing/origin.ts';

const openDatabase = openedDatabase();

describeContentStoreContract('PGlite', async (use) => {
  await resetTables(openDatabase());
  await use(openDatabase());
});

import { describeContentStoreContract } from './contents-contract.ts';
import { resetTables, useDatabase } from './origin-test-support.ts';

const openDatabase = useDatabase();

describeContentStoreContract('PGlite', async (use) => {
  await resetTables(openDatabase());
  await use(openDatabase());
});

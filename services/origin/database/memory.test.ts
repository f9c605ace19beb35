import { describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { migrate } from '../contents.ts';
import { STATEMENTS } from '../statements.ts';
import { describeContentStoreContract } from '../testing/contents-contract.ts';
import { MemoryDatabase } from './memory.ts';

async function withDatabase(use: (database: MemoryDatabase) => Promise<void>): Promise<void> {
  const database = new MemoryDatabase({ clock: systemClock });
  await migrate(database);
  await use(database);
}

describeContentStoreContract('memory', withDatabase, { takesSql: false });

describe('a database in memory', () => {
  it('refuses a statement that is not one of the origin', () =>
    withDatabase(async (database) => {
      await expect(database.query('SELECT 1')).rejects.toThrow(/expected a statement of the origin/);
      await expect(database.execute('DROP TABLE content')).rejects.toThrow(/expected the schema/);
    }));

  it('keeps its rows when the origin starts again', () =>
    withDatabase(async (database) => {
      await database.query(STATEMENTS.delete, ['event', '2030-01-01T00:00:00.000Z', 2]);
      await migrate(database);
      expect(await database.query(STATEMENTS.list, [0, 10])).toMatchObject([{ id: 1 }, { id: 3 }]);
    }));
});

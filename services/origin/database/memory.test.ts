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

  it('gives ids after the last that was used up', async () => {
    const database = new MemoryDatabase({ clock: systemClock, lastId: 995 });
    await migrate(database);
    const parameters = ['event', '2030-01-01T00:00:00.000Z', 'slug', 'title', 'body', '{}', []];
    expect(await database.query(STATEMENTS.create, parameters)).toMatchObject([{ id: 996 }]);
  });

  it('keeps its rows when the origin starts again', () =>
    withDatabase(async (database) => {
      await database.query(STATEMENTS.delete, ['event', '2030-01-01T00:00:00.000Z', 2]);
      await migrate(database);
      expect(await database.query(STATEMENTS.list, [0, 10])).toMatchObject([{ id: 1 }, { id: 3 }]);
    }));
});

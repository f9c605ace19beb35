import { expect, it } from 'vitest';
import { Semaphore } from './semaphore.ts';

it('so many run at once, the others in the order in which they came, also after one that failed', async () => {
  const turns = new Semaphore(2);
  const ended = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const taken = ended.map(({ promise }, at) =>
    turns.take(async () => {
      begun.push(at);
      await promise;
      return at;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ended[1]?.reject(new Error('failed'));
  await expect(taken[1]).rejects.toThrow('failed');
  expect(begun).toEqual([0, 1, 2]);
  for (const { resolve } of ended) resolve();
  expect(await Promise.all(taken.map((each) => each.catch(() => 'failed')))).toEqual([0, 'failed', 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

/** Redraws, joined. */
import { expect, it } from 'vitest';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { INITIAL_STATE } from './state/state.ts';
import { createViewStore } from './store.ts';
import { observed, ready } from './testing/view.ts';

it('joins what comes by itself, and draws at once what a key does', async () => {
  const clock = new VirtualClock();
  const store = createViewStore(INITIAL_STATE, clock);
  let drawn = 0;
  store.subscribe(() => {
    drawn += 1;
  });
  store.dispatch(ready());
  expect(drawn).toBe(1);
  for (let at = 0; at < 10; at += 1) store.dispatch(observed());
  expect(drawn).toBe(1);
  expect(store.get().regions[0]?.seen.metrics).toBeDefined();
  await clock.runUntil(new Promise<void>((resolve) => void clock.setTimer(300, resolve)));
  expect(drawn).toBe(2);
  store.dispatch(observed());
  store.dispatch({ type: 'select', index: 1 });
  expect(drawn).toBe(3);
  await clock.runUntil(new Promise<void>((resolve) => void clock.setTimer(300, resolve)));
  expect(drawn).toBe(3);
});

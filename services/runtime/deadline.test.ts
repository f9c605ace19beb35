import { describe, expect, it } from 'vitest';
import { inTime } from './deadline.ts';
import { VirtualClock } from './virtual-clock.ts';

const never = new Promise<never>(() => {});

describe('what is waited for in time', () => {
  it('is what came, and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    expect(await inTime({ clock, ms: 1_000 }, Promise.resolve('it'))).toBe('it');
    expect(clock.timers).toBe(0);
  });

  it('is nothing where it did not come', async () => {
    const clock = new VirtualClock();
    const waited = inTime({ clock, ms: 1_000 }, never);
    await clock.advance(1_000);
    expect(await waited).toBeUndefined();
  });

  it('rejects as it does, and with the reason of the signal', async () => {
    const clock = new VirtualClock();
    await expect(inTime({ clock, ms: 1_000 }, Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    const stop = new AbortController();
    const waited = inTime({ clock, ms: 1_000, signal: stop.signal }, never);
    stop.abort(new Error('not wanted'));
    await expect(waited).rejects.toThrow('not wanted');
  });
});

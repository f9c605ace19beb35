/**
 * How late the event loop of this process is: a timer looks every 25 ms, and what it runs late is how long nothing else
 * was done that was due, either. That is so whatever kept it: a busy processor, a process that was stopped, a machine
 * that was.
 *
 * Timers that are late one after another are put together into spells of a quarter of a second, so that a machine that
 * is busy all the time makes a few of them a second and not hundreds; a single one that is later than that is a spell
 * of its own.
 */
import { readFileSync } from 'node:fs';
import type { EventLoop } from '../protocol/process.ts';
import { type Clock, type Timer, toTimestamp } from './clock.ts';

const PERIOD_MS = 25;
/** Below this a timer is only coarse. */
const LATE_MS_MIN = 10;
const SPELL_MS_MAX = 250;
/** Told for a minute: a poller that is itself held up for so long loses none. */
const SPELLS_MAX = 200;
const TOLD_MS = 60_000;
const NS_PER_MS = 1_000_000;

/** On the monotonic clock. */
export interface Spell {
  readonly fromMs: number;
  readonly toMs: number;
  /** How much of it was late. */
  readonly lateMs: number;
}

export interface LatenessOptions {
  readonly clock: Clock;
  /** A stall may begin so long before it is seen to; each look costs. */
  readonly periodMs?: number;
}

export interface Watch {
  /** Tells the spell that is not over yet as it is. */
  flush(): void;
  close(): void;
}

/** `onSpell` is told of each when it is over. */
export function watchLateness({ clock, periodMs = PERIOD_MS }: LatenessOptions, onSpell: (spell: Spell) => void): Watch {
  let timer: Timer;
  let open: Spell | undefined;
  const flush = () => {
    const spell = open;
    open = undefined;
    if (spell !== undefined) onSpell(spell);
  };
  const look = (dueMs: number) => {
    const toMs = clock.monotonicMs();
    const lateMs = toMs - dueMs;
    // One look on time in between ends it, so does its length.
    if (open !== undefined && (dueMs - open.toMs > periodMs || toMs - open.fromMs > SPELL_MS_MAX)) flush();
    if (lateMs >= LATE_MS_MIN) open = { fromMs: open?.fromMs ?? dueMs, toMs, lateMs: (open?.lateMs ?? 0) + lateMs };
    // No other can belong to it: it is told at once.
    if (open !== undefined && toMs - open.fromMs >= SPELL_MS_MAX) flush();
    arm();
  };
  const arm = () => {
    const dueMs = clock.monotonicMs() + periodMs;
    timer = clock.setTimer(periodMs, () => look(dueMs));
  };
  arm();
  return { flush, close: () => timer.cancel() };
}

/** What `/metrics` tells of it. */
export interface LatenessMeter {
  report(): EventLoop;
  close(): void;
}

/** `onSpell` hears of each, too. */
export function meterLateness({ clock, ...options }: LatenessOptions, onSpell: (spell: Spell) => void = () => {}): LatenessMeter {
  const since = toTimestamp(clock.now());
  const spells: (Spell & { readonly number: number })[] = [];
  let [lateMs, lateMsMax, number] = [0, 0, 0];
  const watch = watchLateness({ clock, ...options }, (spell) => {
    spells.push({ ...spell, number });
    if (spells.length > SPELLS_MAX) spells.shift();
    number += 1;
    lateMs += spell.lateMs;
    lateMsMax = Math.max(lateMsMax, spell.lateMs);
    onSpell(spell);
  });
  return {
    report: () => {
      // A spell that is told does not grow any more: whoever knows its number knows it whole.
      watch.flush();
      const nowMs = clock.monotonicMs();
      const recent = spells.filter(({ toMs }) => nowMs - toMs <= TOLD_MS);
      return {
        since,
        lateMs,
        lateMsMax,
        spells: recent.map((spell) => ({
          number: spell.number,
          endedMsAgo: nowMs - spell.toMs,
          overMs: spell.toMs - spell.fromMs,
          lateMs: spell.lateMs,
        })),
        waitedMs: waitedMs(),
      };
    },
    close: () => watch.close(),
  };
}

/**
 * Since its start, for how long the main thread of this process was ready to run while no processor was free for it:
 * the scheduler's own count (`schedstat`, its second figure). undefined where nobody counts. `place`: of another
 * process or thread below /proc.
 */
export function waitedForProcessorMs(place = '/proc/self'): number | undefined {
  try {
    const waitedNs = Number(readFileSync(`${place}/schedstat`, 'utf8').split(' ')[1]);
    return Number.isFinite(waitedNs) ? waitedNs / NS_PER_MS : undefined;
  } catch {
    return undefined;
  }
}

function waitedMs(): number | null {
  return waitedForProcessorMs() ?? null;
}

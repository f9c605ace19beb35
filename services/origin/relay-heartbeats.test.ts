/** What a heartbeat says is true: whatever could be seen before its time stands before it in its partition. */
import { describe, expect, it } from 'vitest';
import { LogUnavailable } from '../log/log.ts';
import { parseUnmarked } from '../protocol/heartbeat.ts';
import { sleep } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { createRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Contents, migrate } from './contents.ts';
import type { Database } from './database/database.ts';
import { MemoryDatabase } from './database/memory.ts';
import { Outbox } from './outbox.ts';
import { Relay } from './relay.ts';
import { STATEMENTS } from './statements.ts';
import { RecordingLog } from './testing/origin.ts';

const HEARTBEAT_MS = 1_000;
const CLAIM_MAX = 500;

/** A database whose claims can be looked at, and held back. */
class WatchedDatabase extends MemoryDatabase {
  beforeClaim: () => Promise<void> | void = () => {};
  afterClaim: () => Promise<void> | void = () => {};

  override async query<Row>(...query: Parameters<Database['query']>): Promise<readonly Row[]> {
    if (query[0] !== STATEMENTS.claim) return super.query<Row>(...query);
    await this.beforeClaim();
    const rows = await super.query<Row>(...query);
    await this.afterClaim();
    return rows;
  }
}

class Rig {
  readonly clock = new VirtualClock();
  readonly log = new RecordingLog();
  readonly database = new WatchedDatabase({ clock: this.clock, lastId: 0 });
  readonly contents: Contents;
  readonly outbox: Outbox;
  readonly relay: Relay;

  constructor(heartbeatMs: number) {
    const { clock, database, log } = this;
    const shared = { database, clock, random: createRandom(1) };
    this.contents = new Contents(shared);
    this.outbox = new Outbox(shared);
    this.relay = new Relay({ ...shared, outbox: this.outbox, log, heartbeatMs, logger: silentLogger });
  }

  /** What is in the log, in order. */
  said(): readonly string[] {
    return this.log.messages.map(({ value, partition }) => {
      const beat = parseUnmarked(value)?.beat;
      return beat === undefined ? JSON.parse(value).target : `beat ${beat.time - this.begun} in ${partition}`;
    });
  }

  readonly begun = this.clock.now();
}

async function withRelay(use: (rig: Rig) => Promise<void>, heartbeatMs = HEARTBEAT_MS): Promise<void> {
  const rig = new Rig(heartbeatMs);
  await migrate(rig.database);
  try {
    await use(rig);
  } finally {
    const closed = rig.relay.close();
    await rig.clock.advance(5_000);
    await closed;
  }
}

describe('heartbeats', () => {
  it('stand in each partition, once in so long, and name how many partitions there are', () =>
    withRelay(async ({ relay, clock, log }) => {
      relay.start();
      await clock.advance(HEARTBEAT_MS * 3 + 10);
      expect(log.messages.map(({ value }) => parseUnmarked(value)?.beat?.partitions)).toEqual(Array.from({ length: 12 }, () => 3));
      expect(log.messages.map(({ partition }) => partition)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    }));

  it('are not sent where there is no lease', () =>
    withRelay(async ({ relay, clock, log }) => {
      relay.start();
      await clock.advance(HEARTBEAT_MS * 10);
      expect(log.messages).toEqual([]);
    }, 0));

  it('name the time before the claim, not after it', () =>
    withRelay(async (rig) => {
      rig.database.afterClaim = () => sleep(rig.clock, 300);
      rig.relay.start();
      await rig.clock.advance(400);
      expect(rig.said().slice(0, 3)).toEqual(['beat 0 in 0', 'beat 0 in 1', 'beat 0 in 2']);
    }));

  it('follow what their claim returned, however steadily something is written', () =>
    withRelay(async (rig) => {
      rig.relay.start();
      for (let at = 0; at < 60; at += 1) {
        await rig.outbox.enqueue({ type: 'tag', target: `t${at}`, mode: 'hard' });
        rig.relay.wake();
        await rig.clock.advance(100);
      }
      const said = rig.said();
      expect(said.filter((text) => text === 'beat 0 in 0')).toHaveLength(1);
      expect(said.filter((text) => text.endsWith('in 0')).length).toBeGreaterThanOrEqual(6);
    }));

  it('are sent though no claim finds nothing', () =>
    withRelay(async (rig) => {
      rig.database.beforeClaim = async () => {
        await sleep(rig.clock, 8);
        await rig.outbox.enqueue({ type: 'tag', target: 'news', mode: 'hard' });
        rig.relay.wake();
      };
      rig.relay.start();
      await rig.clock.advance(6_000);
      rig.database.beforeClaim = () => {};
      expect(rig.said().filter((text) => text.endsWith('in 0')).length).toBeGreaterThanOrEqual(5);
    }));

  it('are not sent when what was claimed is refused, and follow it when it is there', () =>
    withRelay(async (rig) => {
      await rig.outbox.enqueue({ type: 'tag', target: 'news', mode: 'hard' });
      rig.log.before = (messages) => {
        const isRefused = rig.clock.now() - rig.begun < 2_500 && messages.some(({ partition }) => partition === undefined);
        if (isRefused) throw new LogUnavailable('not now');
      };
      rig.relay.start();
      await rig.clock.advance(6_000);
      expect(rig.said().slice(0, 2)).toEqual(['news', expect.stringMatching(/^beat .* in 0$/)]);
    }));

  it('are not sent after a claim cut short by its limit', () =>
    withRelay(async (rig) => {
      for (let at = 0; at <= CLAIM_MAX; at += 1) await rig.outbox.enqueue({ type: 'tag', target: `t${at}`, mode: 'hard' });
      rig.relay.start();
      await rig.clock.advance(10);
      const said = rig.said();
      expect(said.findIndex((text) => text.startsWith('beat'))).toBe(CLAIM_MAX + 1);
    }));
});

/**
 * What the relays do, one step at a time, so that a relay may be paused or killed between any two. Then what of their
 * sends lands late.
 */
import { PARTITIONS, type Partition } from '../partitions.ts';
import type { Setting } from './sizes.ts';
import { append, type ClaimedRelay, type LeaseState, type Message, nameOf, type Row } from './state.ts';
import type { Steps } from './steps.ts';

const IDLE = { phase: 'idle' } as const;

export function addRelaySteps(steps: Steps, setting: Setting): void {
  for (const index of steps.from.relays.keys()) new RelaySteps(steps, setting, index).add();
  for (const [index, { partition, message }] of steps.from.late.entries()) {
    steps.add(`a late ${nameOf(message)} lands in p${partition}`, (state) => {
      state.late.splice(index, 1);
      append(state, partition, message);
      return undefined;
    });
  }
  steps.spend('clockJumps', 'the clock of relay0 jumps 3 ahead', (state) => {
    state.clockJump = 3;
    return undefined;
  });
}

const partitionOf = (row: Row): Partition => (row.kind === 'purge' ? 1 : 0);
const namesOf = (rows: readonly Row[]) => rows.map(nameOf).join(' ');

function drop(state: LeaseState, rows: readonly Row[]): void {
  state.outbox = state.outbox.filter(({ id }) => !rows.some((row) => row.id === id));
}

/** The steps of one relay. */
class RelaySteps {
  readonly #steps: Steps;
  readonly #setting: Setting;
  readonly #index: number;
  readonly #who: string;

  constructor(steps: Steps, setting: Setting, index: number) {
    this.#steps = steps;
    this.#setting = setting;
    this.#index = index;
    this.#who = setting.sizes.relays > 1 ? `relay${index}` : 'relay';
  }

  add(): void {
    const relay = this.#steps.from.relays[this.#index] ?? IDLE;
    switch (relay.phase) {
      case 'idle':
        this.#addBegin();
        return;
      case 'timed':
        this.#steps.add(`${this.#who} claims`, (state) => {
          const { rows, isCut } = this.#claim(state);
          this.#set(state, { phase: rows.length > 0 ? 'claimed' : 'clear', clock: relay.clock, rows, isCut });
          return namesOf(rows) || 'nothing unsent';
        });
        break;
      case 'untimed':
        this.#steps.add(`${this.#who} reads its clock after the claim: ${this.#clock}`, (state) =>
          this.#set(state, { ...relay, phase: relay.rows.length > 0 ? 'claimed' : 'clear', clock: this.#clock }),
        );
        break;
      default:
        this.#addSends(relay);
    }
    this.#steps.spend('relayCrashes', `${this.#who} is killed`, (state) => this.#set(state, IDLE));
  }

  get #clock(): number {
    const { time, clockJump } = this.#steps.from;
    return time + (this.#setting.sizes.clocksAhead[this.#index] ?? 0) + (this.#index === 0 ? clockJump : 0);
  }

  #set(state: LeaseState, relay: LeaseState['relays'][number]): undefined {
    state.relays[this.#index] = relay;
  }

  #claim(state: LeaseState): { readonly rows: readonly Row[]; readonly isCut: boolean } {
    const { claimMax } = this.#setting.sizes;
    const unsent = this.#setting.rules.claim === 'max' ? state.outbox.filter(({ id }) => id > state.highestClaimed) : state.outbox;
    const rows = unsent.slice(0, claimMax);
    state.highestClaimed = Math.max(state.highestClaimed, ...rows.map(({ id }) => id));
    return { rows, isCut: unsent.length > claimMax };
  }

  #addBegin(): void {
    const clock = this.#clock;
    const reads = `${this.#who} reads its clock: ${clock}`;
    if (this.#setting.rules.heartbeat === 'always') {
      this.#steps.spend('heartbeats', reads, (state) => this.#set(state, { phase: 'clear', clock, rows: [], isCut: false }));
    }
    if (this.#setting.rules.clockRead === 'before') {
      this.#steps.spend('heartbeats', reads, (state) => this.#set(state, { phase: 'timed', clock }));
    } else {
      this.#steps.spend('heartbeats', `${this.#who} claims`, (state) => this.#set(state, { phase: 'untimed', ...this.#claim(state) }));
    }
  }

  #addSends(relay: ClaimedRelay): void {
    const { mark } = this.#setting.rules;
    if (relay.phase === 'clear') this.#addHeartbeat(relay);
    else if (relay.phase === 'acked') this.#addMark(relay);
    else if (relay.phase === 'claimed' && mark === 'sent') {
      this.#steps.add(`${this.#who} marks ${namesOf(relay.rows)} sent before the log has it`, (state) => {
        drop(state, relay.rows);
        return this.#set(state, { ...relay, phase: 'premarked' });
      });
    } else this.#addBatch(relay);
  }

  #addBatch(relay: ClaimedRelay): void {
    const { mark, heartbeat } = this.#setting.rules;
    const names = namesOf(relay.rows);
    this.#steps.add(`${this.#who} appends ${names}, acknowledged`, (state) => {
      for (const row of relay.rows) append(state, partitionOf(row), row);
      return this.#set(state, { ...relay, phase: mark === 'sent' ? 'clear' : 'acked' });
    });
    this.#steps.spend('lostSends', `${this.#who}'s send of ${names} times out and may land late`, (state) => {
      for (const row of relay.rows) state.late.push({ partition: partitionOf(row), message: row });
      return this.#set(state, heartbeat === 'unacked' ? { ...relay, phase: 'clear' } : IDLE);
    });
  }

  #addMark(relay: ClaimedRelay): void {
    const { heartbeat, whole } = this.#setting.rules;
    this.#steps.add(`${this.#who} marks ${namesOf(relay.rows)} sent`, (state) => {
      drop(state, relay.rows);
      return this.#set(state, heartbeat === 'empty' || (whole && relay.isCut) ? IDLE : { ...relay, phase: 'clear' });
    });
  }

  #addHeartbeat({ clock }: ClaimedRelay): void {
    const message: Message = { kind: 'heartbeat', clock };
    const name = nameOf(message);
    this.#steps.add(`${this.#who} appends ${name} to both partitions`, (state) => {
      for (const partition of PARTITIONS) append(state, partition, message);
      return this.#set(state, IDLE);
    });
    for (const partition of PARTITIONS) {
      this.#steps.spend('halfHeartbeats', `${this.#who} appends ${name} to p${partition} only`, (state) => {
        append(state, partition, message);
        return this.#set(state, IDLE);
      });
    }
    this.#steps.spend('lostSends', `${this.#who}'s send of ${name} times out and may land late`, (state) => {
      for (const partition of PARTITIONS) state.late.push({ partition, message });
      return this.#set(state, IDLE);
    });
  }
}

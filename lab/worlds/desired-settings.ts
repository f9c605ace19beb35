/**
 * The delay and the strategy that one region should have, kept in force: given to its edge when they change, and again
 * when the edge has started anew, by whomever.
 *
 * What is done to them is done in turns, one after the other: a change that is asked for while the edge starts waits
 * until it is up. Each turn writes down what would undo it, says what may be in force from now on, gives it to the
 * edge, and says that it is. What the edge did not take is owed: it is given again as soon as the edge answers somebody
 * who looks at it.
 */
import type { EdgeConfig, EdgeConfigChange, EdgeMetrics } from '../../services/protocol/edge-api.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { InvalidInput, WorldFailed } from '../errors.ts';
import type { JournalEntry, UndoJournal } from '../journal/journal.ts';
import { type EdgeUnderTest, need } from '../system/edges/edge.ts';
import { coveringOf, describeLayers, isSame, layered, over, type SettingsLayer } from './setting-layers.ts';
import { type BegunRegion, type SettingsInForce, settingsTold } from './settings-facts.ts';
import { readUndo, toEntry, undoOf } from './settings-undo.ts';
import { Turns } from './turns.ts';

export interface DesiredSettingsOptions extends BegunRegion {
  readonly clock: Clock;
  readonly journal: UndoJournal;
  /** Its edge has a token, without which nothing can be changed. */
  readonly mayChange: boolean;
  readonly edgeOf: (region: string) => Pick<EdgeUnderTest, 'region' | 'can'>;
  /** Whether its edge does not run at all: it will have what is desired when it starts. */
  readonly isStopped: (region: string) => Promise<boolean>;
  readonly onInForce: (known: SettingsInForce) => void;
}

/** Of an edge that starts under faults. */
const UP_MS_MAX = 45_000;
const POLL_MS = 50;

export class DesiredSettings {
  readonly #options: DesiredSettingsOptions;
  readonly #layers: Map<SettingsLayer, EdgeConfigChange>;
  /** Written down, and not in force yet. */
  readonly #planned = new Set<SettingsLayer>();
  /** Of those in force, the ones that are not ours to change. */
  readonly #earlier: ReadonlySet<SettingsLayer>;
  readonly #found: EdgeConfig;
  /** undefined: not known, for the edge did not answer. */
  #inForce: EdgeConfig | undefined;
  #isOwed = false;
  /** Its edge is about to end, or has: whoever starts it must be told what it had. */
  #isLeaving = false;
  #written: JournalEntry | undefined;
  readonly #turns = new Turns();
  /** The last look at the edge, or the last turn. */
  #lookedMs: number;
  /** When the process began that was seen last. */
  #since: string | undefined;

  constructor(options: DesiredSettingsOptions) {
    this.#options = options;
    const { made, found, left, clock } = options;
    const { change, layers } = readUndo(left);
    this.#written = left;
    this.#found = over(found ?? made, change);
    this.#layers = new Map(layers);
    this.#earlier = new Set(layers.keys());
    this.#inForce = found;
    this.#lookedMs = clock.monotonicMs();
  }

  /** What all layers come to. */
  get desired(): EdgeConfig {
    return layered(this.#found, this.#layers);
  }

  get inForce(): EdgeConfig {
    return this.#inForce ?? this.desired;
  }

  /** What keeps that change of that layer from being in force, in a word. undefined: nothing does. */
  covering(layer: SettingsLayer, change: EdgeConfigChange): string | undefined {
    return coveringOf(this.#layers, layer, change);
  }

  /**
   * Writes down what would undo it, and does nothing else. Throws InvalidInput where an earlier command has it in
   * force, or its edge has no settings.
   */
  plan(layer: SettingsLayer): Promise<void> {
    return this.#turns.take(async () => {
      this.#refuse(layer);
      this.#planned.add(layer);
      await this.#write().catch((error: unknown) => {
        this.#planned.delete(layer);
        throw error;
      });
    });
  }

  /**
   * Beside what that layer wants already. Resolves when it is in force, or will be when the edge starts. Rejects when
   * neither is so.
   */
  set(layer: SettingsLayer, change: EdgeConfigChange): Promise<void> {
    return this.#turns.take(async () => {
      this.#refuse(layer);
      const before = this.#layers.get(layer);
      this.#planned.delete(layer);
      this.#layers.set(layer, { ...before, ...change });
      await this.#write();
      try {
        await this.#apply();
      } catch (error) {
        if (before === undefined) this.#layers.delete(layer);
        else this.#layers.set(layer, before);
        throw error;
      }
    });
  }

  /**
   * What the layers that are left want is in force when it resolves. Can be done twice, and where there is no such
   * layer.
   */
  remove(layer: SettingsLayer): Promise<void> {
    return this.#turns.take(async () => {
      this.#planned.delete(layer);
      this.#layers.delete(layer);
      await this.#apply();
      await this.#write();
    });
  }

  /** Its edge is about to be ended. */
  leave(): Promise<void> {
    return this.#turns.take(async () => {
      this.#isLeaving = true;
      await this.#write();
    });
  }

  /** Starts its edge, with what is desired: in force when it resolves, unless the edge ended again. */
  restart(start: (desired: EdgeConfig) => Promise<void>): Promise<void> {
    const { made, startsAsMade } = this.#options;
    return this.#turns.take(async () => {
      if (startsAsMade) {
        this.#tell(made, { isCertain: false });
        this.#inForce &&= made;
      }
      await start(this.desired);
      this.#isLeaving = false;
      await this.#applyWhenUp();
      await this.#write();
    });
  }

  /** To be called before the edge is asked for its metrics; what it answers is to be given to what this answers. */
  look(): (metrics: EdgeMetrics) => void {
    const [revision, askedMs] = [this.#turns.revision, this.#options.clock.monotonicMs()];
    return (metrics) => {
      // What was changed meanwhile may have been so before or after the answer.
      if (this.#turns.isIdle && revision === this.#turns.revision) this.#saw(metrics, askedMs);
    };
  }

  #saw(told: EdgeMetrics, askedMs: number): void {
    const { metrics } = told;
    const seen = settingsTold(told);
    const isNew = this.#since !== undefined && this.#since !== metrics.startTime;
    this.#since = metrics.startTime;
    if (this.#inForce === undefined || !isSame(seen, this.#inForce)) this.#tell(seen, { isCertain: true });
    this.#inForce = seen;
    this.#lookedMs = askedMs;
    if (!isNew && !this.#isOwed) return;
    this.#isOwed = true;
    const again = this.#turns.take(async () => {
      await this.#apply();
      await this.#write();
    });
    // Still owed: the next look tries once more.
    again.catch(() => {});
  }

  #refuse(layer: SettingsLayer): void {
    const { region, mayChange, edgeOf } = this.#options;
    if (!mayChange)
      throw new WorldFailed(
        `${region} runs without ADMIN_TOKEN: its delay and strategy cannot be changed. Start it with one, or by: edgesync-lab up`,
      );
    need(edgeOf(region), 'settings');
    if (this.#earlier.has(layer) && this.#layers.has(layer))
      throw new InvalidInput(
        `edge:${region} is ${describeLayers([layer])} already, by an earlier command. Remove that first: edgesync-lab heal`,
      );
  }

  async #applyWhenUp(): Promise<void> {
    const { clock } = this.#options;
    const deadline = clock.monotonicMs() + UP_MS_MAX;
    for (;;) {
      try {
        return await this.#apply();
      } catch (error) {
        if (clock.monotonicMs() > deadline) throw error;
        await sleep(clock, POLL_MS);
      }
    }
  }

  async #apply(): Promise<void> {
    const { region, edgeOf, isStopped, mayChange } = this.#options;
    const { desired } = this;
    const settings = mayChange ? edgeOf(region).can.settings : undefined;
    // Where nobody can change anything, nobody has.
    if (settings !== undefined && (this.#inForce === undefined || !isSame(this.#inForce, desired))) {
      this.#tell(desired, { isCertain: false });
      this.#inForce = undefined;
      this.#isOwed = true;
      try {
        await settings.change(desired);
      } catch (error) {
        if (!(await isStopped(region).catch(() => false))) throw error;
      }
    }
    this.#inForce = desired;
    this.#isOwed = false;
    this.#lookedMs = this.#options.clock.monotonicMs();
    this.#tell(desired, { isCertain: true });
  }

  #tell(settings: EdgeConfig, { isCertain }: Pick<SettingsInForce, 'isCertain'>): void {
    const { region, clock, onInForce } = this.#options;
    onInForce({ region, settings, isCertain, agoMs: isCertain ? clock.monotonicMs() - this.#lookedMs : 0 });
  }

  async #write(): Promise<void> {
    const { region, journal, made, startsAsMade } = this.#options;
    const undo = undoOf({ region, found: this.#found, layers: this.#layers });
    const isForgotten = this.#isLeaving && startsAsMade && !isSame(undo.change, made);
    const isNeeded = undo.layers.length > 0 || this.#planned.size > 0 || isForgotten || (this.#isOwed && this.#written !== undefined);
    const before = this.#written;
    if (isNeeded) {
      const entry = toEntry(undo, this.#planned);
      await (before === undefined ? journal.write(entry) : journal.replace(entry));
      this.#written = entry;
    } else if (before !== undefined) {
      await journal.strike(before.id);
      this.#written = undefined;
    }
  }
}

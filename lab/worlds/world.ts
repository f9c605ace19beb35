/** What the lab drives: an origin and its edges, wherever they run. Reached by their routes only, as a user would. */

import type { Strategy } from '../../services/protocol/invalidation.ts';
import type { RailsReport } from '../rails/rails.ts';
import type { Clients } from '../system/clients.ts';
import type { EdgeAddress } from '../system/edges/edges.ts';
import type { Damage, Impairment } from '../system/mechanisms.ts';
import type { Direction, Link, NodeName } from '../system/parts.ts';
import type { UpstreamControl } from '../targets/upstream-control.ts';
import type { WorldSettings } from './settings.ts';
import type { Backend } from './worlds.ts';

export interface WorldRegion extends EdgeAddress {
  readonly delayMs: number;
  readonly strategy: Strategy;
}

export interface World {
  readonly backend: Backend;
  readonly originUrl: string;
  readonly regions: readonly WorldRegion[];
  /** What runs beside it to look at it: services of a profile of compose.yaml, which only the docker world starts. */
  readonly tools?: readonly ToolAddress[];
  /** Requests of the lab's own to it; who opens them closes them. */
  openClients(): Clients;
  /** How its parts are broken and mended. */
  readonly control: WorldControl;
  /** The delay and the strategy of each region: whoever wants others says so there, and nowhere else. */
  readonly settings: WorldSettings;
  /** Its services read the clock of the lab itself, as in virtual time: what they date needs no doubt. */
  readonly hasOneClock?: boolean;
  /** Whether it goes on after `close`: it ran before, or is to be kept. */
  readonly staysUp: boolean;
  /** Tells of each time its services stood still, where the world can notice it. Answers how to stop listening. */
  readonly onStall?: (listener: (stall: WorldStall) => void) => () => void;
  /** Resolves with the reason when the world is lost before it was closed. */
  readonly lost: Promise<string>;
  /**
   * Resolves with the reason when nothing more can be asked in it: what was seen by then is judged. Left out: that
   * cannot be.
   */
  readonly ended?: Promise<string>;
  /** What was sent to a live target so far. Left out: there is none. */
  readonly sent?: () => RailsReport;
  /**
   * What holds answers of the origin to that region back; it ends with the world. Left out: nothing stands there that
   * can.
   */
  readonly upstreamOf?: (region: string) => UpstreamControl | Promise<UpstreamControl>;
  /**
   * Of writes that nobody has planned a time for, ms from the end of one to the next. Left out: they are sent together.
   */
  readonly writeGapMs?: number;
  /** Stops everything the world started, and leaves alone what was there before. Safe to call twice. */
  close(): Promise<void>;
}

export interface ToolAddress {
  readonly service: string;
  readonly urls: readonly string[];
}

/** Services that run in one process stood still together. */
export interface WorldStall {
  /** ms since 1970. */
  readonly endedAt: number;
  /** For how long, in ms. */
  readonly lateMs: number;
  /** Left out: `lateMs`. More where it ran a little in between. */
  readonly overMs?: number;
}

/** A named step of a start, as it ends. */
export interface StartStep {
  readonly step: string;
  readonly elapsedMs: number;
}

/** As the world itself sees a node. The incarnation changes with each start of it. */
export interface NodeStatus {
  readonly state: 'running' | 'paused' | 'stopped';
  readonly incarnation: number;
  /**
   * By id, the damages in force or done once: how much of what it holds, or was sent, each has changed so far. Left
   * out: it knows none.
   */
  readonly damages?: Readonly<Record<string, number>>;
}

/** What came of a call across a link, made the way its caller makes one. */
export interface Probe {
  readonly answered: boolean;
  readonly elapsedMs: number;
  /** How often the question arrived. Left out: nobody counts. */
  readonly arrivals?: number;
}

/** What can be broken, as the method of WorldControl of that name does it. `id` names what `repair` undoes. */
export type Breakage =
  | { readonly do: 'impair'; readonly id: string; readonly link: Link; readonly direction: Direction; readonly impairment: Impairment }
  | { readonly do: 'isolate'; readonly id: string; readonly edge: NodeName }
  | { readonly do: 'reset'; readonly id: string; readonly link: Link }
  | { readonly do: 'damage'; readonly id: string; readonly node: NodeName; readonly damage: Damage }
  | { readonly do: 'pause' | 'kill'; readonly node: NodeName };

/** What the world itself holds against a link, without asking across it. */
export interface LinkRecord {
  /** Whether what has that id is in force there. */
  readonly inForce: boolean;
  /**
   * Whether anything else is, so that a probe of the link shows nothing of this one: another impairment, an end that
   * does not run.
   */
  readonly isHidden: boolean;
}

/**
 * The mechanisms faults are made of: each world has its own way of doing each. Every method resolves when it is done
 * and rejects with WorldFailed when it could not be; evidence comes from `probe`, `inspect` and `record`, never from
 * having asked. What undoes can be done twice, and does nothing where there is nothing to undo.
 */
export interface WorldControl {
  /**
   * Writes down what would undo it, and does nothing else. Every breakage is registered before it is done; what undoes
   * it strikes the record. Rejects with InvalidInput where that very thing is in force already, by somebody else: the
   * undo that is written leads back.
   */
  register(breakage: Breakage): Promise<void>;
  /** `id` names the impairment; several add up on one link. */
  impair(id: string, link: Link, direction: Direction, impairment: Impairment): Promise<void>;
  /** Removes what has that id; nothing when it is not there. */
  repair(id: string): Promise<void>;
  /**
   * Breaks the connections of the link once; answers how many calls were under way, one probe of its own among them.
   */
  reset(id: string, link: Link): Promise<number>;
  record(id: string, link: Link): Promise<LinkRecord>;
  /** With `bytes`, question and answer are about as long as that, as far as the callee has something so long to say. */
  probe(link: Link, bytes?: number): Promise<Probe>;
  /** Cuts every link of an edge; its published port and its cache stay. Undone by `repair`. */
  isolate(id: string, edge: NodeName): Promise<void>;
  /** Damages a server once or until `repair`. Worlds that have no damage reject. */
  damage(id: string, node: NodeName, damage: Damage): Promise<void>;
  /** Freezes a node with its connections open: its callers hang. */
  pause(node: NodeName): Promise<void>;
  /** Lets a paused node go on. */
  resume(node: NodeName): Promise<void>;
  /** Ends a node at once: its callers are refused, what is not durable is gone. */
  kill(node: NodeName): Promise<void>;
  /** Starts a node that was killed; resolves when it is up. An edge has what its region is wanted to have by then. */
  start(node: NodeName): Promise<void>;
  inspect(node: NodeName): Promise<NodeStatus>;
}

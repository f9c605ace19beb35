/**
 * What a world to play with tells, and what it is told: every event and every command, each with its schema. All of it
 * is JSON: what goes through `JSON.stringify` and back is the same, and what is left out is undefined. A schema is for
 * whoever receives over a wire; a view in the same process takes the events as they are.
 *
 * What a run says, too, has the words of `report/events.ts`.
 */
import { z } from 'zod';
import { edgeConfigChange, edgeMetrics } from '../../services/protocol/edge-api.ts';
import { originMetrics } from '../../services/protocol/origin-api.ts';
import { EXIT } from '../errors.ts';
import { anomaly, fault, phaseEvent, plan, point, start, step, summary } from '../report/events.ts';
import { trace } from '../trace/trace-schema.ts';
import { RACE_COMMANDS, RACE_EVENTS } from './race-protocol.ts';

const ms = z.number();
const count = z.int().nonnegative();
/** ms since the start. */
const t = z.number().nonnegative();
const verdict = summary.shape.verdict;

/** The last answer of a service, and how it has been since. */
export interface Seen<Metrics> {
  /** undefined before the first answer. */
  readonly metrics?: Metrics | undefined;
  /** `t` of the last answer, ms since the start. */
  readonly answeredMs?: number | undefined;
  /** Requests without an answer since then. */
  readonly failures: number;
}

function seen<Metrics extends z.ZodType>(metrics: Metrics) {
  return z.strictObject({ metrics: metrics.optional(), answeredMs: t.optional(), failures: count });
}

const observation = z.strictObject({
  origin: seen(originMetrics),
  /** By region, in the order of compose.yaml. */
  regions: z.record(z.string(), seen(edgeMetrics)),
});
export type Observation = Readonly<z.infer<typeof observation>>;

const faultView = z.strictObject({
  ...fault.pick({ id: true, fault: true, target: true, effect: true }).shape,
  /** undefined of a part that belongs to none. */
  region: z.string().optional(),
  /** In a few words. */
  says: z.string(),
  injectedMs: t,
  /** When it is healed by itself; undefined: when somebody heals it. */
  endsMs: t.optional(),
  state: z.enum(['injecting', 'inForce', 'healing']),
});
export type FaultView = Readonly<z.infer<typeof faultView>>;

const regionView = z.strictObject({ region: z.string(), url: z.string() });
export type RegionView = Readonly<z.infer<typeof regionView>>;

/** What can be said while it goes on: `clear` means that no violation was seen so far, no more. */
const liveVerdict = z.strictObject({
  state: z.enum(['clear', 'violated', 'unknown']),
  /** Versions that a region should not have answered, so far. */
  violations: count,
  /** Why it is unknown, or what was judged. */
  reason: z.string(),
});
export type LiveVerdict = Readonly<z.infer<typeof liveVerdict>>;

/** How old the answers of the last 10 s were, in ms; faults excuse nothing here. */
const regionStaleness = z.strictObject({ p99: ms.nullable(), max: ms.nullable(), oldReads: count, reads: count });
export type RegionStaleness = Readonly<z.infer<typeof regionStaleness>>;

/** Reads of the last 10 s that got no answer, by why, the most frequent first. */
const refusedReads = z.array(z.strictObject({ why: z.string(), count: z.int().positive() })).readonly();
export type RefusedReads = Readonly<z.infer<typeof refusedReads>>;

const loadRates = z.strictObject({ readsPerSecond: z.number().nonnegative(), writesPerSecond: z.number().nonnegative() });
export type LoadRates = Readonly<z.infer<typeof loadRates>>;

/** What the list shows of a scenario. */
const scenarioCard = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  /** Of its load. */
  durationMs: ms,
  /** Why the world before one cannot run it. */
  refused: z.string().exactOptional(),
});
export type ScenarioCard = Readonly<z.infer<typeof scenarioCard>>;

/** A scenario that is about to run. */
const runPlan = z.strictObject({
  ...scenarioCard.shape,
  seed: plan.shape.seed,
  /** Of the last reads, at most. */
  settleMs: plan.shape.settleMs,
  checks: z.array(z.string()).readonly(),
  /** In the order in which they come; of the load's time. */
  faults: z
    .array(z.strictObject({ says: z.string(), ...plan.shape.faults.element.pick({ atMs: true, healMs: true, lasts: true }).shape }))
    .readonly(),
  thresholds: z.array(plan.shape.thresholds.element.pick({ metric: true, threshold: true })).readonly(),
});
export type RunPlan = Readonly<z.infer<typeof runPlan>>;

/** What a run says as it goes on, by its own clock. */
const runEvent = z.discriminatedUnion('type', [phaseEvent, fault, anomaly, point, summary]);
export type RunEvent = z.infer<typeof runEvent>;
export const RUN_EVENT_TYPES: readonly string[] = runEvent.options.map(({ shape }) => shape.type.value);

const raceRun = z.strictObject({
  verdict,
  /** Of every check that failed, its name and how many it found. */
  failed: z.array(z.strictObject({ check: z.string(), anomalies: count })).readonly(),
  /** The first of what was found, in one sentence. */
  explain: z.string().optional(),
  reads: count,
});
export type RaceRun = Readonly<z.infer<typeof raceRun>>;

const race = z.strictObject({
  seed: count,
  mutant: z.string(),
  /** With the mutant, and as it is. */
  broken: raceRun,
  real: raceRun,
  /** Of real time, for both. */
  tookMs: ms,
});
export type Race = Readonly<z.infer<typeof race>>;

const stampede = z.strictObject({
  region: z.string(),
  key: z.string(),
  readers: count,
  /** That got the content. */
  answered: count,
  /** That joined a fetch already under way. */
  joined: z.int(),
  /** Requests of that edge to the origin meanwhile. */
  fetches: z.int(),
  slowestMs: ms,
});
export type Stampede = Readonly<z.infer<typeof stampede>>;

const named = z.strictObject({ name: z.string(), about: z.string() });

const mysteryAnswer = named.extend({
  caughtBy: z.array(z.string()).readonly(),
  /** The scenario that brings its damage to light. */
  shownBy: z.string(),
  /** It was named; else whoever looked for it gave up. */
  wasFound: z.boolean(),
  /** What a check found, and the command that shows it again. It comes a moment after the name. */
  witness: z.strictObject({ check: z.string(), explain: z.string(), again: z.string() }).optional(),
});
export type MysteryAnswer = Readonly<z.infer<typeof mysteryAnswer>>;

/** One of the suspects is in this world. */
const mystery = z.strictObject({
  suspects: z.array(named).readonly(),
  /** Names that were guessed and are not the one. */
  wrong: z.array(z.string()).readonly(),
  answer: mysteryAnswer.optional(),
});
export type MysteryView = Readonly<z.infer<typeof mystery>>;

const tone = z.enum(['info', 'good', 'warning', 'error']);
export type Tone = z.infer<typeof tone>;

function eventOf<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) {
  return z.strictObject({ type: z.literal(type), t, ...shape });
}

/** Texts may come from outside: not yet made printable. */
export const liveEvent = z.discriminatedUnion('type', [
  step,
  eventOf('ready', {
    backend: start.shape.backend,
    originUrl: z.string(),
    staysUp: z.boolean(),
    regions: z.array(regionView).readonly(),
  }),
  eventOf('observed', { observation }),
  /** Everything in force now, oldest first: after each injection and heal. */
  eventOf('faults', { inForce: z.array(faultView).readonly() }),
  /** For the event log: a write, a fault, a refusal, a region that fell behind or caught up. */
  eventOf('note', { tone, text: z.string() }),
  /** Each write of a command `write`, when all of them are done. */
  eventOf('written', { writes: z.array(z.strictObject({ key: z.string(), version: z.int().positive() })).readonly() }),
  /**
   * Once a second: the checks over the last minute, without a run, which is judged at its end. `staleness`: by region,
   * of a run that is under way, too. `reads`: answers in that minute, by key. `refused`: by region; one that answers
   * every read is left out.
   */
  eventOf('judged', {
    verdict: liveVerdict,
    staleness: z.record(z.string(), regionStaleness),
    reads: z.record(z.string(), count),
    refused: z.record(z.string(), refusedReads).exactOptional(),
  }),
  /** The load from now on. */
  eventOf('load', { rates: loadRates }),
  /** The trace asked for has begun, ended, or could not be. */
  eventOf('trace-begun', { id: z.int() }),
  eventOf('traced', { trace }),
  eventOf('trace-failed', { why: z.string() }),
  /** The catalogue, when it was asked for. */
  eventOf('scenarios', { scenarios: z.array(scenarioCard).readonly() }),
  /** A scenario runs in this world; the steady load waits meanwhile. */
  eventOf('run-begun', { plan: runPlan }),
  eventOf('run-said', { event: runEvent }),
  /** Everything is as it was before; `why`: it could not run at all. */
  eventOf('run-ended', { why: z.string().optional() }),
  /** Where the report of the last run is, or why it could not be saved. */
  eventOf('run-saved', { saved: z.boolean(), says: z.string() }),
  /** What came of the lessons that were asked for. */
  eventOf('raced', { race }),
  eventOf('stampeded', { stampede }),
  /** Of a world with an unknown bug: at its start, and after each guess. */
  eventOf('mystery', { mystery }),
  /** A race that is played step by step, in a world of its own. */
  eventOf('races', RACE_EVENTS.races),
  eventOf('race-begun', RACE_EVENTS['race-begun']),
  eventOf('race-stage', RACE_EVENTS['race-stage']),
  eventOf('race-turn', RACE_EVENTS['race-turn']),
  eventOf('race-step', RACE_EVENTS['race-step']),
  eventOf('race-judged', RACE_EVENTS['race-judged']),
  eventOf('race-ended', RACE_EVENTS['race-ended']),
  /** The world ended by itself, or could not start. */
  eventOf('lost', { why: z.string(), exitCode: z.literal(Object.values(EXIT)) }),
]);
export type LiveEvent = Readonly<z.infer<typeof liveEvent>>;

/** An event before it has its time. */
export type Told<Event> = Event extends LiveEvent ? Omit<Event, 't'> : never;

function asked<Name extends string, Shape extends z.core.$ZodLooseShape>(name: Name, shape: Shape) {
  return z.strictObject({ do: z.literal(name), ...shape });
}

/** By its name, each command. */
export const COMMANDS = {
  /** Changes this many contents at once: 1 is a write, 50 a burst. */
  write: asked('write', { count: z.int().positive() }),
  inject: asked('inject', {
    fault: z.string(),
    target: z.string(),
    parameters: z.record(z.string(), z.string()).exactOptional(),
    /** Healed after that time; left out: when somebody heals it. */
    forMs: z.number().nonnegative().exactOptional(),
  }),
  heal: asked('heal', { id: z.string() }),
  'heal-all': asked('heal-all', {}),
  /** Settings are faults too, but these stay until the end: nothing to heal. */
  configure: asked('configure', {
    region: z.string(),
    propagationDelayMs: edgeConfigChange.shape.propagationDelayMs.unwrap().exactOptional(),
    strategy: edgeConfigChange.shape.strategy.unwrap().exactOptional(),
    freshnessLeaseMs: edgeConfigChange.shape.freshnessLeaseMs.unwrap().exactOptional(),
  }),
  /** Requests a second, from now on; what is left out stays. */
  load: asked('load', {
    readsPerSecond: loadRates.shape.readsPerSecond.exactOptional(),
    writesPerSecond: loadRates.shape.writesPerSecond.exactOptional(),
  }),
  /** One write of that content followed through its ten steps; the load's own writes wait meanwhile. */
  trace: asked('trace', { id: z.int() }),
  'list-scenarios': asked('list-scenarios', {}),
  /** What is in force is healed first, and the steady load waits. Until its end only `abort-run` is done. */
  run: asked('run', { scenario: z.string() }),
  /** Heals, and reports what there is. */
  'abort-run': asked('abort-run', {}),
  /** The reports of the last run, into a new folder. */
  'save-run': asked('save-run', {}),
  /** The stale-set race in virtual time, twice: with the mutant that has no fence, and without it. */
  race: asked('race', {}),
  /** The program was stopped for so long: what should have been healed meanwhile is healed, then it is said. */
  'stood-still': asked('stood-still', { ms: z.number().nonnegative() }),
  /** Purges one content, then that many readers ask for it at once in that region. */
  stampede: asked('stampede', { region: z.string(), readers: z.int().positive() }),
  /** Names the bug of a mystery. */
  guess: asked('guess', { name: z.string() }),
  /** Asks for the answer. */
  'give-up': asked('give-up', {}),
  'list-races': asked('list-races', RACE_COMMANDS['list-races']),
  'play-race': asked('play-race', RACE_COMMANDS['play-race']),
  'next-turn': asked('next-turn', RACE_COMMANDS['next-turn']),
  'finish-race': asked('finish-race', RACE_COMMANDS['finish-race']),
  'stop-race': asked('stop-race', RACE_COMMANDS['stop-race']),
} as const;

/** By its name, what each command says. */
export type Commands = { readonly [Name in keyof typeof COMMANDS]: Readonly<z.infer<(typeof COMMANDS)[Name]>> };
export type CommandName = keyof Commands;
export type LabCommand = Commands[CommandName];

const { write, ...others } = COMMANDS;
export const labCommand = z.discriminatedUnion('do', [write, ...Object.values(others)]);

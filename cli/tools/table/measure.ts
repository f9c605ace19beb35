/** What the races of one target come to, as rows of the table. */
import type { RaceResult } from '../../../lab/races/race.ts';
import { raceTarget } from '../../../lab/races/race-target.ts';
import { type Way, wayText } from '../../../lab/races/raced-cache.ts';
import { RACES } from '../../../lab/races/races.ts';
import { type AnyTarget, isOwn } from '../../../lab/targets/own-targets.ts';
import { PURGE_MODES, PURGE_TYPES } from '../../../services/protocol/purge-ways.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import { systemRandom } from '../../../services/runtime/random.ts';
import type { CacheRow } from './rows.ts';
import { toWitness } from './witness.ts';

export interface Subject {
  readonly target: AnyTarget;
  readonly version: string;
}

export interface MeasureOptions {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** At the same time: races wait more than they work. */
const AT_ONCE = 5;
/** Of one instance: a cache of many purges is raced by several at the same time. */
const WAYS_MAX = 2;
const OWN_WAYS: readonly Way[] = PURGE_TYPES.flatMap((type) => PURGE_MODES.map((mode) => ({ mode, type })));
const CROWD = 'crowd';
const FEW_MAX = 4;
const CROWD_FETCHES = /^(\d+) fetch/;

/** A target that could not be judged, in words. */
export class NotJudged extends Error {
  override readonly name = 'NotJudged';
}

/** Some purges of a subject, raced by an instance of its own. */
interface Job extends Subject {
  readonly ways: readonly Way[];
}

/** In the order of the subjects. Throws NotJudged. */
export async function measureAll(subjects: readonly Subject[], options: MeasureOptions): Promise<readonly CacheRow[]> {
  const waiting = [...subjects.flatMap(jobsOf).entries()];
  const rows: (readonly CacheRow[])[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, job] = next;
      rows[at] = await measure(job, options);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows.flat();
}

/** A cache without a purge is one, too. */
function jobsOf(subject: Subject): readonly Job[] {
  const ways: readonly Way[] = isOwn(subject.target) ? OWN_WAYS : subject.target.purges;
  const parts = Array.from({ length: Math.max(1, Math.ceil(ways.length / WAYS_MAX)) }, (_, at) => at * WAYS_MAX);
  return parts.map((from) => ({ ...subject, ways: ways.slice(from, from + WAYS_MAX) }));
}

async function measure({ target, version, ways }: Job, { variables, signal }: MeasureOptions): Promise<readonly CacheRow[]> {
  const preset = target.name;
  const takes = ({ mode, type }: Way) => ways.some((way) => way.mode === mode && way.type === type);
  const shared = { variables, signal, clock: systemClock, random: systemRandom };
  const raced = await raceTarget({ target, races: RACES, takes, onResult: () => {}, ...shared });
  const stopped = raced.selfChecked.mistakes[0] ?? raced.ended;
  if (stopped !== undefined) throw new NotJudged(`${preset} ${version}: ${stopped}`);
  if (raced.results.length === 0) return [{ preset, version, purge: 'none', cells: {} }];
  return [...Map.groupBy(raced.results, ({ way }) => wayText(way))].map(([purge, results]) => toRow({ preset, version, purge, results }));
}

interface OfOnePurge extends Pick<CacheRow, 'preset' | 'version' | 'purge'> {
  readonly results: readonly RaceResult[];
}

export function toRow({ results, ...row }: OfOnePurge): CacheRow {
  const crowd = results.find(({ race }) => race === CROWD);
  const kept = results.find(({ outcome }) => outcome === 'kept');
  const fetches = CROWD_FETCHES.exec(crowd?.why ?? '')?.[1];
  return {
    ...row,
    cells: Object.fromEntries(results.map(({ race, outcome }) => [race, outcome])),
    ...(fetches === undefined ? {} : { crowdFetches: fetchesText(Number(fetches)) }),
    ...(kept === undefined ? {} : { witness: { race: kept.race, lines: [...toWitness(kept.steps)] } }),
  };
}

function fetchesText(fetches: number): '0' | 'few' | 'many' {
  if (fetches === 0) return '0';
  return fetches > FEW_MAX ? 'many' : 'few';
}

/** What races leave beside the page: the table, the first that was kept step by step, and JSON. */
import { printable } from '../input/printable.ts';
import { table } from '../outputs/lines.ts';
import type { JunitOptions, RacedTarget } from './junit.ts';
import { OUTCOMES, type Race, type RaceResult } from './race.ts';
import { wayText } from './raced-cache.ts';

const NOT_RUN = '-';

/** Races that no target was for have no column. */
export function racesLines(rows: readonly RacedTarget[], asked: readonly Race[]): readonly string[] {
  const chosen = asked.filter(({ name }) => rows.some(({ raced }) => raced?.results.some(({ race }) => race === name)));
  const cells = rows.flatMap(({ name, raced, broken }) => {
    if (broken !== undefined || raced === undefined) return [[name, 'did not run', ...chosen.map(() => NOT_RUN)]];
    if (raced.selfChecked.mistakes.length > 0) return [[name, 'self-check failed', ...chosen.map(() => NOT_RUN)]];
    if (raced.ended !== undefined && raced.results.length === 0) return [[name, 'ended', ...chosen.map(() => NOT_RUN)]];
    if (raced.nothing !== undefined) return [[name, 'nothing to race', ...chosen.map(() => NOT_RUN)]];
    const byWay = Map.groupBy(raced.results, ({ way }) => wayText(way));
    return [...byWay].map(([way, results]) => [
      name,
      way,
      ...chosen.map((race) => cellOf(results.filter((result) => result.race === race.name))),
    ]);
  });
  const witnesses = rows.flatMap(({ name, raced }) =>
    (raced?.results ?? [])
      .filter(({ outcome }) => outcome === 'kept')
      .slice(0, 1)
      .flatMap((result) => witnessLines(name, result)),
  );
  return [...table([['cache', 'purge', ...chosen.map(({ name }) => name)], ...cells]), ...witnesses];
}

/** What each came to; where they differ, how often. */
function cellOf(results: readonly RaceResult[]): string {
  const counts = OUTCOMES.map((outcome) => [outcome, results.filter((result) => result.outcome === outcome).length] as const);
  const seen = counts.filter(([, count]) => count > 0);
  return seen.length > 1 ? seen.map(([outcome, count]) => `${outcome} ${count}x`).join(' ') : (seen[0]?.[0] ?? NOT_RUN);
}

/** Of the first that was kept, step by step. */
function witnessLines(name: string, { race, way, why, steps }: RaceResult): readonly string[] {
  return [
    '',
    printable(`kept  ${name}, ${race}, ${wayText(way)}: ${why}`),
    ...steps.map(({ atMs, who, text }) => printable(`${String(atMs).padStart(6)} ms  ${who.padEnd(8)}  ${text}`)),
  ];
}

export function racesJson(rows: readonly RacedTarget[], { place, rails }: Pick<JunitOptions, 'place' | 'rails'>): unknown {
  return {
    ...place,
    ...(rails === undefined ? {} : { rails }),
    targets: rows.map(({ name, raced, broken }) => ({
      name,
      ...(broken === undefined ? {} : { broken }),
      mistakes: raced?.selfChecked.mistakes ?? [],
      ...(raced?.ended === undefined ? {} : { ended: raced.ended }),
      ...(raced?.nothing === undefined ? {} : { nothing: raced.nothing }),
      results: (raced?.results ?? []).map(({ way, ...result }) => ({ ...result, purge: wayText(way) })),
    })),
  };
}

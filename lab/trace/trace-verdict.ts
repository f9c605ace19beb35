/** The last step of a trace: its reads as a history, judged as a run's are. */

import { divergence } from '../checks/anomalies/divergence.ts';
import type { CheckResult } from '../checks/check.ts';
import { judgeBy } from '../checks/pass.ts';
import { History } from '../history/history.ts';
import type { WorldRegion } from '../worlds/world.ts';
import type { RegionSight } from './trace-watch.ts';

export interface JudgeTraceOptions {
  readonly key: string;
  /** What the origin held at the end; undefined when it did not answer, which makes the verdict unknown. */
  readonly origin: { readonly version: number; readonly deleted: boolean } | undefined;
  readonly regions: readonly WorldRegion[];
  /** One for each region. */
  readonly sights: readonly RegionSight[];
  /** ms since 1970. */
  readonly sentAt: number;
}

export function judgeTrace({ key, origin, regions, sights, sentAt }: JudgeTraceOptions): CheckResult {
  const history = new History();
  for (const [at, { region }] of regions.entries()) {
    const reads = sights[at]?.reads ?? [];
    for (const read of reads) {
      const { version, found, source, status, startedAt, endedAt } = read;
      history.addOperation({
        id: history.nextId,
        kind: 'read',
        phase: 'final',
        slot: key,
        key,
        region,
        final: read === reads.at(-1),
        startMs: startedAt - sentAt,
        endMs: endedAt - sentAt,
        outcome: 'ok',
        version,
        found,
        source,
        status,
      });
    }
  }
  if (origin !== undefined) history.add('origin', { key, slot: key, ...origin });
  return judgeBy(divergence, history, { regions: regions.map(({ region }) => region), staleness: 'strict' });
}

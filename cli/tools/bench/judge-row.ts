/** One row of `judge`, in a process of its own: how many operations in, the cells of the row out. */
import { composeVerdict } from '../../../lab/checks/check.ts';
import { CHECKS, type CheckName } from '../../../lab/checks/checks.ts';
import { judgeHistory } from '../../../lab/checks/judge.ts';
import { History } from '../../../lab/history/history.ts';
import { createRandom, pick } from '../../../services/runtime/random.ts';

const REGIONS = ['us-east', 'eu-west', 'ap-south'] as const;
const KEYS = 200;
const OPERATIONS_PER_S = 1_000;
const READS_PER_WRITE = 100;
const DELAY_MS = 300;
const WRITE_MS = 5;
const READ_MS = 2;
const SAMPLE_MS = 1_000;
const MS_PER_S = 1_000;
const US_PER_MS = 1_000;
const KIB_PER_MIB = 1_024;
/** An edge that has caught up, asked once a second. */
const SAMPLE = { since: '2026-01-01T00:00:00.000Z', lag: 0, queued: 0, caughtUp: true, applied: {} } as const;

interface Written {
  readonly version: number;
  readonly endMs: number;
  readonly writer: number;
}

/** What a region holds of a key. */
interface Held {
  /** Its place among the writes of the key. */
  at: number;
  cachedMs: number;
}

/** Of eager regions that do what they should, under a load that does not end before there are `count` operations. */
function rightHistory(count: number): History {
  const random = createRandom(1);
  const history = new History();
  for (const region of REGIONS) history.add('delay', { region, atMs: 0, delayMs: DELAY_MS });
  for (const region of REGIONS) history.add('strategy', { region, atMs: 0, strategy: 'eager' });
  const written = Array.from({ length: KEYS }, (): Written[] => []);
  const held = REGIONS.map(() => Array.from({ length: KEYS }, (): Held | undefined => undefined));
  const fetches = REGIONS.map(() => 0);
  const base = (key: number, startMs: number) =>
    ({ id: history.nextId, phase: 'fault', slot: `lab-${key}`, key: `content:${key + 1}`, startMs, outcome: 'ok' }) as const;
  let sampledMs = 0;
  for (let at = 0; at < count; at += 1) {
    const startMs = (at * MS_PER_S) / OPERATIONS_PER_S;
    const key = at < KEYS ? at : random.below(KEYS);
    const writes = written[key] ?? [];
    if (writes.length === 0 || at % READS_PER_WRITE === 0) {
      const [version, endMs] = [writes.length + 1, startMs + WRITE_MS];
      writes.push({ version, endMs, writer: history.nextId });
      history.addOperation({ ...base(key, startMs), kind: version === 1 ? 'create' : 'update', version, endMs });
    } else {
      const region = pick(random, [0, 1, 2]);
      const known = held[region]?.[key];
      const isApplied = (write: Written | undefined) => write !== undefined && write.endMs + DELAY_MS <= startMs;
      const isHit = known !== undefined && !isApplied(writes[known.at + 1]);
      const entry = isHit ? known : { at: writes.length - 1, cachedMs: startMs };
      (held[region] ?? [])[key] = entry;
      fetches[region] = (fetches[region] ?? 0) + (isHit ? 0 : 1);
      const { version = 0, writer = 0 } = writes[entry.at] ?? {};
      const answer = { found: true, source: isHit ? 'cache' : 'origin', status: 'fresh', final: false } as const;
      const of = { region: REGIONS[region] ?? 'us-east', version, writer, cachedMs: entry.cachedMs };
      history.addOperation({ ...base(key, startMs), kind: 'read', endMs: startMs + READ_MS, ...answer, ...of });
    }
    if (startMs < sampledMs) continue;
    sampledMs += SAMPLE_MS;
    for (const [index, region] of REGIONS.entries())
      history.add('edge-sample', { ...SAMPLE, region, atMs: startMs, originFetches: fetches[index] ?? 0 });
  }
  history.finish((count * MS_PER_S) / OPERATIONS_PER_S);
  return history;
}

const count = Number(process.argv[2]);
const history = rightHistory(count);
const begun = process.cpuUsage();
const results = judgeHistory({
  history,
  checks: Object.keys(CHECKS) as CheckName[],
  context: { regions: REGIONS, staleness: 'adjusted' },
});
const { user, system } = process.cpuUsage(begun);
const tookMs = (user + system) / US_PER_MS;
const failed = results.filter(({ verdict }) => verdict === 'fail');
if (failed.length > 0)
  throw new Error(`expected a right history, got ${composeVerdict(results)}: ${failed.map(({ reason }) => reason).join('; ')}`);
const cells = [
  count.toLocaleString('en'),
  (tookMs / MS_PER_S).toFixed(1),
  ((tookMs * US_PER_MS) / count).toFixed(2),
  (process.resourceUsage().maxRSS / KIB_PER_MIB).toFixed(0),
];
process.stdout.write(`${cells.join('\t')}\n`);

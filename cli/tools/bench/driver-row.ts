/** One row of `driver`, in a process of its own, the lab's part: reads a second in, the cells of the row out. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GENERATOR_LATE_MS, generatorLate } from '../../../lab/checks/load-held.ts';
import { History } from '../../../lab/history/history.ts';
import { LatencyHistogram } from '../../../lab/history/latency-histogram.ts';
import { WallClock } from '../../../lab/history/wall-clock.ts';
import { inBatches } from '../../../lab/load/batches.ts';
import { LoadGenerator } from '../../../lab/load/generator/generator.ts';
import type { GeneratedRead } from '../../../lab/load/generator/messages.ts';
import { Operations } from '../../../lab/load/operations.ts';
import { readsOf } from '../../../lab/load/plan.ts';
import { slugOf } from '../../../lab/load/slots.ts';
import type { Clients } from '../../../lab/system/clients.ts';
import { openHttpClients } from '../../../lab/system/http-clients.ts';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { processorMsIn } from '../../../services/runtime/process-stat.ts';
import type { MemoryEdgeTold } from './memory-edge.ts';

const REGIONS = ['us-east', 'eu-west', 'ap-south'] as const;
const KEYS = 200;
const SEED = 1;
const LOAD_MS = 10_000;
/** Reads. */
const EDGE_WARM_AFTER = 5_000;
const AT_ONCE = 20;
const MS_PER_S = 1_000;
const US_PER_S = 1_000_000;

const SHARES = [0.5, 0.9, 0.99, 0.999, 1] as const;

interface Edge {
  readonly process: ChildProcess;
  readonly url: string;
}

async function startEdge(): Promise<Edge> {
  const process = fork(fileURLToPath(new URL('./memory-edge.ts', import.meta.url)), { execArgv: [] });
  const [{ url }] = (await once(process, 'message')) as [MemoryEdgeTold];
  return { process, url };
}

/** In user and system mode; undefined where Linux does not tell. */
async function processorS({ pid }: ChildProcess): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const ms = processorMsIn(stat);
  return ms === undefined ? undefined : ms / MS_PER_S;
}

function spread(of: LatencyHistogram, shares: readonly number[]): string {
  return shares.map((share) => of.quantile(share)?.toFixed(1) ?? '-').join(' / ');
}

/** As a run has read everything before its load: an edge whose code is not compiled yet is not what is measured. */
async function warm(clients: Clients): Promise<void> {
  const ids = Array.from({ length: EDGE_WARM_AFTER }, (_, at) => 1 + (at % KEYS));
  await inBatches({ items: ids, atOnce: AT_ONCE }, (batch) => Promise.all(batch.map((id) => clients.edge(REGIONS[0]).read(id))));
}

async function measure(readsPerS: number): Promise<readonly string[]> {
  const edge = await startEdge();
  const { url } = edge;
  const edges = REGIONS.map((region) => ({ region, url }));
  const workload = { duration: LOAD_MS, reads: readsPerS, writes: 1, keys: KEYS, skew: 0.9, creates: 0, deletes: 0, purges: 0 };
  const ids = Array.from({ length: KEYS }, (_, slot) => [slot, slot + 1] as const);
  const startedAt = clock.monotonicMs();
  const history = new History();
  const clients = openHttpClients({ originUrl: url, edges });
  const operations = new Operations({ clients, history, clock, startedAt, wallClock: new WallClock({ clock, history, startedAt }) });
  operations.enter('fault');
  const [late, fromDue] = [new LatencyHistogram(), new LatencyHistogram()];
  let tooLate = 0;
  const onRead = (read: GeneratedRead) => {
    late.record(read.startMs - read.dueMs);
    if (read.startMs - read.dueMs > GENERATOR_LATE_MS) tooLate += 1;
    fromDue.record(read.endMs - read.dueMs);
    operations.addSent(read, slugOf(read.id - 1));
  };
  const order = { workload, regions: REGIONS, seed: SEED, edges, ids, startedAt };
  await warm(clients);
  const generator = await LoadGenerator.start(order, { onRead, sink: history });
  const [before, edgeBefore] = [process.cpuUsage(), await processorS(edge.process)];
  const { processorMs } = await generator.run(new AbortController().signal);
  const [own, edgeAfter] = [process.cpuUsage(before), await processorS(edge.process)];
  await generator.close();
  edge.process.kill();
  await clients.close();
  const reads = [...history.reads];
  const limit = generatorLate({ reads: readsOf(workload) }, { reads: reads.length, late: tooLate });
  const edgeS = edgeBefore === undefined || edgeAfter === undefined ? '-' : (edgeAfter - edgeBefore).toFixed(1);
  return [
    readsPerS.toLocaleString('en'),
    reads.length.toLocaleString('en'),
    reads.filter(({ outcome }) => outcome === 'ok').length.toLocaleString('en'),
    `${((tooLate / reads.length) * 100).toFixed(2)} %`,
    spread(late, SHARES),
    spread(fromDue, [0.5, 0.99, 1]),
    `${(processorMs / MS_PER_S).toFixed(1)} / ${edgeS} / ${((own.user + own.system) / US_PER_S).toFixed(1)}`,
    limit === undefined ? 'held' : `${limit.verdict}: ${limit.reason}`,
  ];
}

const [readsPerS = 10_000] = process.argv.slice(2).map(Number);
process.stdout.write(`${(await measure(readsPerS)).join('\t')}\n`);

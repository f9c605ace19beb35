/**
 * Before any race: is the cache what its target file says? A mistake in a configuration looks like a lost invalidation,
 * so what fails here is not judged. Each sentence says what was asked and what came.
 */

import { plain } from './kinds/plain.ts';
import { type Look, lookText } from './look.ts';
import { type RacedCache, type Way, wayText } from './raced-cache.ts';
import type { Stage } from './stage.ts';
import type { RaceStep } from './steps.ts';

const READS_MAX = 3;

export interface SelfChecked {
  /** Each in one sentence; none: the races can be judged. */
  readonly mistakes: readonly string[];
  readonly steps: readonly RaceStep[];
}

export async function selfCheck(cache: Pick<RacedCache, 'ways'>, openStage: () => Stage): Promise<SelfChecked> {
  const stage = openStage();
  const reading = await checkReading(stage);
  if (reading.length > 0) return { mistakes: reading, steps: stage.steps };
  for (const way of cache.ways) {
    const purging = openStage();
    const mistake = (await checkNarrow(purging, way)) ?? (await checkPurge(purging, way));
    if (mistake !== undefined) return { mistakes: [mistake], steps: purging.steps };
  }
  return { mistakes: [], steps: [] };
}

/** It asks our upstream, once, and keeps what it got. */
async function checkReading(stage: Stage): Promise<readonly string[]> {
  const content = await stage.create();
  const path = stage.path(content);
  const first = await stage.read('a reader', content).result;
  const fetches = async () => (await stage.upstream.fetchesOf(path)).length;
  if ((await fetches()) === 0)
    return [
      `a read of a new content (GET ${path}) did not reach the lab's upstream, and got ${answerText(first, stage)}: the backend of the cache must be ${stage.backend}, and nothing else`,
    ];
  if (first === undefined || first.version !== content.version)
    return [`expected version ${content.version} of a new content (GET ${path}), got ${lookText(first)}: read.path, read.version`];
  if (first.run !== undefined && first.run !== stage.upstream.run)
    return [`a new content (GET ${path}) got an answer of another upstream: the cache was not empty at the start`];
  // Some store a moment after they have answered, or what is asked for a second time.
  let second: Look;
  let before = 0;
  for (let times = 0; times < READS_MAX && (await fetches()) > before; times += 1) {
    await stage.moment();
    before = await fetches();
    second = await stage.read('a further reader', content).result;
  }
  if ((await fetches()) > before)
    return [`the cache keeps nothing: it fetched the same content again a moment later (GET ${path}: ${lookText(second)})`];
  if (second?.label === 'miss') return [`an answer that the cache kept is not labelled as a hit (GET ${path}): label.header, label.hit`];
  return [];
}

/** Why there was no answer stands in the witness. */
function answerText(look: Look, { steps }: Stage): string {
  if (look !== undefined) return lookText(look);
  const said = steps.findLast(({ who }) => who === 'reader')?.text ?? '';
  return `no answer${said.replace(/^.*? gets no answer: /, ', ')}`;
}

/** A request that says one content and means many is not seen by reading it: another content must stay where it is. */
async function checkNarrow(stage: Stage, way: Way): Promise<string | undefined> {
  if (!stage.isNarrow(way)) return undefined;
  const named = await stage.create();
  const bystander = await stage.create();
  const fetches = async () => (await stage.upstream.fetchesOf(stage.path(bystander))).length;
  await stage.read('a reader', named).result;
  for (let times = 0; times < READS_MAX; times += 1) {
    await stage.read('a reader of another content', bystander).result;
    await stage.moment();
  }
  const before = await fetches();
  const { text } = await stage.purge(way, named).result;
  await stage.moment();
  await stage.read('a further reader of another content', bystander).result;
  // Who asks behind an answer asks a moment later.
  await stage.moment();
  if ((await fetches()) === before) return undefined;
  return `purge.${way.mode}.${way.type} purges more than it names: after ${text} another content (GET ${stage.path(bystander)}) was fetched again; --allow-wide-purge allows this`;
}

async function checkPurge(stage: Stage, way: Way): Promise<string | undefined> {
  const { outcome, why } = await plain.run(stage, way);
  if (outcome === 'ok' || outcome === 'waits') return undefined;
  const purged = stage.steps.findLast(({ who }) => who === 'purger')?.text ?? '';
  if (outcome === 'late') return `purge.${way.mode}.${way.type} is late even when nothing else happens: ${purged}, and then ${why}`;
  if (outcome === 'unjudged') return `purge.${way.mode}.${way.type}: ${why}`;
  return `purge.${way.mode}.${way.type} does not purge: ${purged}, and then ${why}. Does the ${wayText(way)} purge name the URL that readers request, with the same Host?`;
}

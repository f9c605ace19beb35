/**
 * two-tiers: an edge behind a shield, two instances of the same cache; only the shield asks the origin. Whoever purges
 * the edge first, and has a reader before the shield is purged, has the old version brought back from the shield,
 * whatever the cache: that is a mistake of the purger, which the race tells and does not judge. It judges the other
 * order.
 */

import { lookText } from '../look.ts';
import { judgeLooks } from '../outcome.ts';
import type { Race, RaceFinding } from '../race.ts';
import type { Way } from '../raced-cache.ts';
import type { Stage } from '../stage.ts';

const STORED_MS = 600;

interface Tiers {
  readonly shield: Stage;
  readonly edge: Stage;
}

export const twoTiers: Race = {
  name: 'two-tiers',
  about: 'an edge behind a shield of the same kind: the shield is purged first, then the edge',
  tiers: true,
  async run(stage, way) {
    const tiers = await stage.tiers();
    if (tiers === undefined) return { outcome: 'unjudged', why: 'two instances of the cache are needed, and it cannot be started twice' };
    const wrongly = await edgeFirst(tiers, way);
    const found = await shieldFirst(tiers, way);
    return { ...found, why: `${found.why}; in the wrong order, with the edge purged first and a read between: ${wrongly}` };
  },
};

/** In both tiers, then written. */
async function prepared({ shield, edge }: Tiers) {
  const content = await shield.create();
  await edge.read('a reader', content).result;
  // Some store long after they have answered.
  await edge.moment(STORED_MS);
  return { content, wanted: await shield.write(content) };
}

async function shieldFirst(tiers: Tiers, way: Way): Promise<RaceFinding> {
  const { content, wanted } = await prepared(tiers);
  for (const tier of [tiers.shield, tiers.edge]) {
    const { isTaken, text } = await tier.purge(way, content).result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
  }
  return judgeLooks({ way, wanted, looks: await tiers.edge.looks(content) });
}

/** What a reader gets in the end. */
async function edgeFirst(tiers: Tiers, way: Way): Promise<string> {
  const { content } = await prepared(tiers);
  await tiers.edge.purge(way, content).result;
  await tiers.edge.read('a reader between', content).result;
  await tiers.edge.moment();
  await tiers.shield.purge(way, content).result;
  return lookText(await tiers.edge.read('a reader at the end', content).result);
}

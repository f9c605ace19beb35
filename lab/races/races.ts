/** The table of races. A new one is a file and a line here. */
import { crowd } from './kinds/crowd.ts';
import { in304 } from './kinds/in-304.ts';
import { in404 } from './kinds/in-404.ts';
import { inBody, inHead, join } from './kinds/in-flight.ts';
import { plain } from './kinds/plain.ts';
import { refillTwice } from './kinds/refill-twice.ts';
import { twoTiers } from './kinds/two-tiers.ts';
import { untagged304 } from './kinds/untagged-304.ts';
import type { Race } from './race.ts';

/** In the order in which they are run. `plain` comes first: what it does not pass no other can be judged by. */
export const RACES: readonly Race[] = [plain, inHead, inBody, join, in304, in404, refillTwice, untagged304, twoTiers, crowd];

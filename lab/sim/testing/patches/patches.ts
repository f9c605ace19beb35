/** The tables of source patches. A new one is a row in one of them. */
import { BREAKER_PATCHES, SLIPPING_BREAKER_PATCHES } from './breaker.ts';
import { FILL_PATCHES } from './fills.ts';
import { HOT_PATCHES, SLIPPING_HOT_PATCHES } from './hot.ts';
import { INVALIDATOR_PATCHES } from './invalidator.ts';
import { LEASE_PATCHES } from './lease.ts';
import { MARK_PATCHES } from './marks.ts';
import { MEMBERS_PATCHES } from './members.ts';
import { ORIGIN_PATCHES } from './origin.ts';
import type { Patch, SlippingPatch } from './patch.ts';
import { READER_PATCHES } from './reader.ts';
import { SLIPPING_PATCHES as SLIPPING } from './slipping.ts';
import { SLIPPING_WARMING_PATCHES, WARMING_PATCHES } from './warming.ts';

/** Each must be caught, by a check that names its damage. */
export const PATCHES: readonly Patch[] = [
  ...MARK_PATCHES,
  ...FILL_PATCHES,
  ...READER_PATCHES,
  ...INVALIDATOR_PATCHES,
  ...ORIGIN_PATCHES,
  ...LEASE_PATCHES,
  ...MEMBERS_PATCHES,
  ...BREAKER_PATCHES,
  ...WARMING_PATCHES,
  ...HOT_PATCHES,
];

export { HARMLESS_PATCHES } from './harmless.ts';

export const SLIPPING_PATCHES: readonly SlippingPatch[] = [
  ...SLIPPING,
  ...SLIPPING_BREAKER_PATCHES,
  ...SLIPPING_WARMING_PATCHES,
  ...SLIPPING_HOT_PATCHES,
];

/**
 * What happened to the regions, in sentences with numbers: how far behind each was at most, and whether that was too
 * much.
 */
import { touches } from '../checks/fault-windows.ts';
import { type StaleRead, stalenessOf } from '../checks/staleness.ts';
import { isAcknowledged } from '../checks/versions.ts';
import type { History } from '../history/history.ts';
import { firstIndex } from '../history/ordered.ts';
import { duration, plural } from './html/format.ts';

const REGIONS_MAX = 4;
const FAULTS_NAMED_MAX = 2;
/** A reader notices no less. */
const BEHIND_MS_MIN = 1;

interface Behind {
  readonly versions: number;
  readonly ms: number;
  readonly stale: StaleRead;
}

/**
 * One sentence for each region that was behind, the worst first, and one for what that comes to. Nothing where no
 * answer could be old.
 */
export function whatHappened(history: History): readonly string[] {
  const staleness = stalenessOf(history, history.head?.staleness ?? 'adjusted');
  const acknowledged = acknowledgedByKey(history);
  const worst = new Map<string, ByLabel>();
  let [judged, tooOld] = [0, 0];
  staleness.eachAnswer((read, stale) => {
    if (!staleness.couldBeOld(read)) return;
    judged += 1;
    if (stale === undefined) return;
    if (staleness.excessMs(stale) > 0) tooOld += 1;
    const ofRegion = worst.get(read.region) ?? {};
    const versions = versionsBehind(acknowledged.get(read.key) ?? [], read);
    worst.set(read.region, { ...ofRegion, [labelOf(stale)]: worse(ofRegion[labelOf(stale)], { versions, ms: msOf(stale), stale }) });
  });
  if (judged === 0) return [];
  const behind = [...worst].filter(([, of]) => mostMs(of) >= BEHIND_MS_MIN).sort(([, one], [, other]) => mostMs(other) - mostMs(one));
  const told = behind.slice(0, REGIONS_MAX).map(([region, of]) => regionSentence(region, of, history));
  const others = behind.slice(REGIONS_MAX);
  const rest =
    others.length === 0 ? [] : [`${plural(others.length, 'other region')} at most ${duration(mostMs(others[0]?.[1] ?? {}))} behind.`];
  return [
    ...told,
    ...rest,
    `${tooOld} of ${plural(judged, 'answer')} that could be old ${tooOld === 1 ? 'was' : 'were'} older than delays and faults allow.`,
  ];
}

type Label = 'fresh' | 'stale';
type ByLabel = Readonly<Partial<Record<Label, Behind>>>;

function labelOf({ read }: StaleRead): Label {
  return read.status ?? 'fresh';
}

/** Since the answer was superseded. */
function msOf({ read, superseding }: StaleRead): number {
  return read.startMs - superseding.atMs;
}

function mostMs({ fresh, stale }: ByLabel): number {
  return Math.max(fresh?.ms ?? 0, stale?.ms ?? 0);
}

function worse(before: Behind | undefined, now: Behind): Behind {
  if (before === undefined) return now;
  return { ...(now.ms > before.ms ? now : before), versions: Math.max(now.versions, before.versions) };
}

/** Who is told that an answer is stale is not misled: what was labelled fresh is said first. */
function regionSentence(region: string, { fresh, stale }: ByLabel, history: History): string {
  const isTold = stale !== undefined && stale.ms > (fresh?.ms ?? 0);
  if (fresh === undefined || fresh.ms < BEHIND_MS_MIN)
    return stale === undefined
      ? ''
      : `${region}: answers labelled stale were up to ${farText(stale)}${duringText(stale, region, history)}.`;
  const told = isTold ? `, those labelled stale up to ${duration(stale.ms)}` : '';
  return `${region}: answers labelled fresh were up to ${farText(fresh)}${duringText(fresh, region, history)}${told}.`;
}

function farText({ versions, ms }: Behind): string {
  return `${versions === 0 ? '' : `${plural(versions, 'version')} and `}${duration(ms)} behind`;
}

function duringText({ stale: { read, superseding } }: Behind, region: string, history: History): string {
  const faults = history.faults
    .filter((fault) => touches(fault, region) && fault.injectedMs < read.startMs && (fault.healedMs ?? read.startMs) > superseding.atMs)
    .map(({ fault, target }) => `${fault} ${target.text}`);
  const named = [...new Set(faults)];
  if (named.length === 0) return '';
  const more = named.length > FAULTS_NAMED_MAX ? ` and ${named.length - FAULTS_NAMED_MAX} more` : '';
  return ` during ${named.slice(0, FAULTS_NAMED_MAX).join(', ')}${more}`;
}

interface Acknowledged {
  readonly version: number;
  readonly endMs: number;
}

/** One writer a key: versions and times go up together. */
function acknowledgedByKey({ changes }: History): ReadonlyMap<string, readonly Acknowledged[]> {
  return Map.groupBy(changes.filter(isAcknowledged), ({ key }) => key);
}

/** How many later versions were acknowledged before the read began. */
function versionsBehind(
  writes: readonly Acknowledged[],
  { version, startMs }: { readonly version: number; readonly startMs: number },
): number {
  const known = firstIndex(writes.length, (at) => (writes[at]?.endMs ?? 0) >= startMs);
  const later = firstIndex(writes.length, (at) => (writes[at]?.version ?? 0) > version);
  return Math.max(0, known - later);
}

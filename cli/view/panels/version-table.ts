/** The version table of a region, as lines: its head, then a row a key, then what did not fit. */
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';
import { padTo, plain, widthOf } from '../draw/format.ts';
import { type Line, type Span, span } from '../draw/line.ts';
import type { Role, Theme } from '../draw/theme.ts';
import { type VersionView, versionRows } from '../state/version-rows.ts';

export interface VersionTableOptions {
  readonly keys: readonly string[];
  readonly origin: OriginMetrics | undefined;
  readonly metrics: EdgeMetrics | undefined;
  /** Contents that are marked: one's own keys have just written them. */
  readonly own: ReadonlySet<string>;
  readonly width: number;
  /** Below the head. */
  readonly rows: number;
  readonly theme: Theme;
}

const KEY_PREFIX = /^content:/;

interface Columns {
  readonly key: number;
  readonly here: number;
  readonly origin: number;
  readonly behind: number;
  readonly state: number;
}

/** With a blank before each number and each state, and room for words. */
const SPOKEN: Omit<Columns, 'key'> = { here: 6, origin: 7, behind: 5, state: 15 };
/** From so many columns on words have room. */
const SPOKEN_FROM = 45;
const WIDE: Omit<Columns, 'key'> = { here: 6, origin: 7, behind: 4, state: 8 };
/** For the narrowest panel: 24 columns between its borders. */
const NARROW: Omit<Columns, 'key'> = { here: 5, origin: 6, behind: 3, state: 7 };
const KEY_COLUMNS_MIN = 3;
const KEY_COLUMNS_MAX = 12;
const BEHIND_MAX = 99;
/** What is called fresh and is not what the origin holds: the region does not know better. */
export const OLD = { short: 'fresh!', spoken: 'fresh, but old' } as const;
const MISSING = '-';
/** Deleted: what is held of such a content is a 404 with the version of its deletion. */
const GONE = 'gone';
/** Behind the id of a content that one's own key has just written. */
export const OWN_MARK = '*';

function columnsOf(width: number): Columns {
  const sum = ({ here, origin, behind, state }: Omit<Columns, 'key'>) => here + origin + behind + state;
  const columns = width >= SPOKEN_FROM ? SPOKEN : width - sum(WIDE) >= KEY_COLUMNS_MIN ? WIDE : NARROW;
  return { ...columns, key: Math.min(KEY_COLUMNS_MAX, Math.max(KEY_COLUMNS_MIN, width - sum(columns))) };
}

export function versionLines({ keys, origin, metrics, own, width, rows, theme }: VersionTableOptions): readonly Line[] {
  const { key, here, origin: there, behind, state } = columnsOf(width);
  const head = [
    span(
      padTo('id', key) +
        padTo('here', here, 'right') +
        padTo(there > 'origin'.length ? 'origin' : 'orig', there, 'right') +
        padTo('', behind) +
        padTo('state', state, 'right'),
      'muted',
    ),
  ];
  const views = versionRows(keys, origin, metrics);
  const shown = views.length > rows ? views.slice(0, Math.max(0, rows - 1)) : views;
  const left = views.slice(shown.length);
  const lines = shown.map((view): Line => {
    const role = roleOf(view);
    return [
      keySpan(view.key, own.has(view.key), key),
      span(padTo(hereText(view), here, 'right'), role),
      span(padTo(originText(view), there, 'right')),
      span(padTo(behindText(view, theme), behind), 'warning'),
      span(padTo(stateText(view, state), state, 'right'), role),
    ];
  });
  const more = left.length > 0 && rows > 0 ? [[span(moreText(left), 'muted')]] : [];
  return [head, ...lines, ...more, ...Array.from({ length: rows - lines.length - more.length }, () => [])].slice(0, rows + 1);
}

/** Where the mark has no room, the colour tells it alone. */
function keySpan(key: string, isOwn: boolean, columns: number): Span {
  const id = plain(key.replace(KEY_PREFIX, ''));
  const marked = isOwn && widthOf(id) + OWN_MARK.length <= columns ? id + OWN_MARK : id;
  return span(padTo(marked, columns), isOwn ? 'accent' : 'text');
}

/** A region that holds the 404 of a deletion serves no version. */
function hereText({ here, origin, isDeleted }: VersionView): string {
  if (here === undefined) return MISSING;
  return isDeleted && here === origin ? GONE : String(here);
}

function originText({ origin, isDeleted }: VersionView): string {
  if (isDeleted) return GONE;
  return origin === undefined ? MISSING : String(origin);
}

function stateText({ behind, state }: VersionView, columns: number): string {
  if (state !== 'fresh' || behind === 0) return state ?? MISSING;
  return columns > OLD.spoken.length ? OLD.spoken : OLD.short;
}

function behindText({ behind }: VersionView, theme: Theme): string {
  if (behind === 0) return '';
  return `${theme.behind}${behind > BEHIND_MAX ? '+' : behind}`;
}

function roleOf({ behind, state }: VersionView): Role {
  if (state === undefined || state === 'absent' || state === 'invalid') return 'muted';
  return behind > 0 || state === 'stale' ? 'warning' : 'text';
}

function moreText(left: readonly VersionView[]): string {
  const behind = left.filter((view) => view.behind > 0).length;
  return `${left.length} more${behind === 0 ? '' : `, ${behind} behind`}`;
}

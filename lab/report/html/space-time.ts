/**
 * A story as a picture: a line for each place, time downwards, a numbered dot for each moment, arrows for what went
 * from one place to another, bands where faults were in force. Moments are equally far apart: some are milliseconds
 * from each other, some many seconds.
 */
import type { FaultRecord } from '../../history/records.ts';
import { kindOf, NODES, type NodeName, regionOf } from '../../system/parts.ts';
import { fitting } from './chart.ts';
import { instant } from './format.ts';
import { html, type Markup } from './markup.ts';
import { LOG, ORIGIN, type Story, type StoryMoment } from './story.ts';

const HEAD_PX = 34;
const STEP_PX = 50;
const DOT_PX = 10;
/** Percent of the width: the first line, and the space for all of them. */
const LANES_FROM = 26;
const LANES_WIDTH = 62;
const BAND_WIDTH = 7;
/** A picture has half the width of a plot on a desk; on a telephone it has all of it. */
const PICTURE_SHARE = 0.7;
/** How far what was lost is drawn. */
const LOST_SHARE = 0.45;

/** What every picture of a page points with; drawn once. */
export const ARROWHEAD = html`<svg class="defs" width="0" height="0" aria-hidden="true"><defs><marker id="arrow" viewBox="0 0 8 8" refX="19" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="arrowhead" d="M0 0L8 4L0 8Z"/></marker></defs></svg>`;

export function spaceTime(story: Story): Markup {
  const { lanes, moments, faults } = story;
  if (moments.length === 0) return html``;
  const height = HEAD_PX + moments.length * STEP_PX + 8;
  const place = new Places(story);
  const lines = lanes.map((lane) => {
    const x = place.x(lane);
    return html`<text class="lane-name" x="${x}%" y="16" text-anchor="middle">${lane}</text><line class="lane" x1="${x}%" x2="${x}%" y1="24" y2="${height}"/>`;
  });
  const described = `${lanes.join(', ')}: ${moments.map(({ atMs, lane, label, says }) => `${instant(atMs)} ${lane} ${label} ${says}`).join('; ')}`;
  return html`<svg class="space-time" width="100%" height="${height}" role="img" aria-label="${described}">${faults.map((fault) => place.band(fault))}${lines}${moments.map((_, at) => place.arrow(at))}${place.lost()}${moments.map((shown, at) => dot(shown, at, place))}</svg>`;
}

function dot({ atMs, lane, label, isCulprit }: StoryMoment, at: number, place: Places): Markup {
  const [x, y] = [place.x(lane), place.y(at)];
  const title = html`<title>${instant(atMs)}</title>`;
  const name = label === '' ? undefined : html`<text class="version" x="${x}%" y="${y + DOT_PX + 13}" text-anchor="middle">${label}</text>`;
  return html`<g class="${isCulprit ? 'moment culprit' : 'moment'}"><text class="tick" x="0" y="${y + 4}">${instant(atMs)}</text><circle cx="${x}%" cy="${y}" r="${DOT_PX}"/><text class="number" x="${x}%" y="${y + 4}" text-anchor="middle">${at + 1}</text>${name}${title}</g>`;
}

/** Where in the picture lanes, moments and times are. */
class Places {
  readonly #story: Story;

  constructor(story: Story) {
    this.#story = story;
  }

  x(lane: string): number {
    const { lanes } = this.#story;
    return Math.round((LANES_FROM + (Math.max(0, lanes.indexOf(lane)) * LANES_WIDTH) / (lanes.length - 1)) * 10) / 10;
  }

  y(at: number): number {
    return HEAD_PX + at * STEP_PX + STEP_PX / 2 - 6;
  }

  /** From where it came: the last moment there of the same version, else straight across. */
  arrow(at: number): Markup | undefined {
    const { moments, lanes } = this.#story;
    const to = moments[at];
    if (to?.from === undefined || !lanes.includes(to.from)) return undefined;
    const source =
      to.from === LOG || to.lane === LOG
        ? moments.findLastIndex((other, index) => index < at && other.lane === to.from && other.label === to.label)
        : -1;
    const fromY = source < 0 ? this.y(at) : this.y(source);
    return html`<line class="arrow" x1="${this.x(to.from)}%" y1="${fromY}" x2="${this.x(to.lane)}%" y2="${this.y(at)}" marker-end="url(#arrow)"/>`;
  }

  /** From the log towards the region, but not there. */
  lost(): Markup | undefined {
    const { lostAt, lanes } = this.#story;
    const [, , region] = lanes;
    if (lostAt === undefined || region === undefined) return undefined;
    const from = this.x(LOG);
    const to = Math.round((from + (this.x(region) - from) * LOST_SHARE) * 10) / 10;
    const y = this.y(lostAt);
    return html`<g><title>not seen to be applied in ${region}</title><line class="arrow lost" x1="${from}%" y1="${y}" x2="${to}%" y2="${y}"/><text class="failed" x="${to}%" dx="4" y="${y + 5}">×</text></g>`;
  }

  band(fault: FaultRecord): Markup {
    const { fault: name, target, injectedMs, healedMs } = fault;
    const [left, right] = this.#reach(fault);
    const from = this.#yAt(injectedMs);
    const to = healedMs === undefined ? this.#yAt(Number.POSITIVE_INFINITY) : this.#yAt(healedMs);
    const title = `${name} ${target.text}, ${instant(injectedMs)} to ${healedMs === undefined ? 'the end' : instant(healedMs)}`;
    const height = Math.max(4, to - from);
    // Between two moments, where no arrow of theirs is.
    const between = this.#story.moments.map((_, at) => this.y(at) - STEP_PX / 2 + 4).find((y) => y > from + 10 && y < to - 2);
    const shown = between === undefined ? undefined : fitting(name, (right - left) * PICTURE_SHARE);
    const x = (left + right) / 2;
    const text = shown && html`<text class="band-name ${shown}" x="${x}%" y="${between}" text-anchor="middle">${name}</text>`;
    return html`<g><title>${title}</title><rect class="band" x="${left}%" y="${from}" width="${right - left}%" height="${height}"/>${text}</g>`;
  }

  /** A link: between its two lines. A node: around its own. */
  #reach({ target }: FaultRecord): readonly [number, number] {
    const lanes = target.kind === 'link' ? [target.link.caller, target.link.callee] : [target.node];
    const xs = lanes.map((node) => this.x(laneOf(node)));
    return [Math.min(...xs) - (xs.length === 1 ? BAND_WIDTH : 0), Math.max(...xs) + (xs.length === 1 ? BAND_WIDTH : 0)];
  }

  /** Between moments in proportion; outside them half a step away. */
  #yAt(ms: number): number {
    const { moments } = this.#story;
    const after = moments.findIndex(({ atMs }) => atMs >= ms);
    if (after < 0) return this.y(moments.length - 1) + STEP_PX / 2;
    if (after === 0) return this.y(0) - STEP_PX / 2;
    const [fromMs, toMs] = [moments[after - 1]?.atMs ?? 0, moments[after]?.atMs ?? 0];
    return Math.round(this.y(after - 1) + (STEP_PX * (ms - fromMs)) / Math.max(1, toMs - fromMs));
  }
}

function laneOf(node: NodeName): string {
  const { lane } = NODES[kindOf(node)];
  return { origin: ORIGIN, log: LOG, region: regionOf(node) ?? '' }[lane];
}

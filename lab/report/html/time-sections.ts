/**
 * The sections that show staleness and latency over time: a plot for each region, all of one scale, with the faults as
 * bands.
 */
import { touches } from '../../checks/fault-windows.ts';
import { BINS, type Bin, binsOf } from './bins.ts';
import { axisRow, bands, gridLines, headRows, row } from './chart.ts';
import { duration, moment, plural } from './format.ts';
import { html, type Markup, type Part } from './markup.ts';
import { linearScale, logScale, type Scale } from './scale.ts';
import type { ChartContext } from './served-section.ts';
import { bars, drawing, path, ranges, type Step, stairs } from './shapes.ts';
import { strategyMarks, strategyWords } from './strategies.ts';

const PLOT_PX = 92;

interface RegionBins {
  readonly region: string;
  readonly bins: readonly Bin[];
}

export function timeSections(context: ChartContext): Markup {
  const { history, staleness, axis, regions } = context;
  if (staleness.versions.answers === 0) return html``;
  const bins = binsOf(history, regions, axis);
  const perRegion = regions.map((region) => ({ region, bins: bins.get(region) ?? [] }));
  return html`${stalenessSection(context, perRegion)}${latencySection(context, perRegion)}`;
}

function frame({ history, axis, phases }: ChartContext, rows: Part): Markup {
  return html`<figure class="valued">${headRows(axis, phases, history.faults)}
${rows}
${axisRow(axis)}</figure>`;
}

function stalenessSection(context: ChartContext, perRegion: readonly RegionBins[]): Markup {
  const bounds = new Map(perRegion.map(({ region }) => [region, boundOf(context, region)]));
  const raws = perRegion.flatMap(({ bins }) => bins.map(({ rawMs, toldMs }) => Math.max(rawMs ?? 0, toldMs ?? 0)));
  const limits = [...bounds.values()].flat().map(({ value }) => value ?? 0);
  const scale = linearScale(Math.max(...raws, ...limits));
  const rows = perRegion.map(({ region, bins }) => {
    const largest = Math.max(...bins.map(({ rawMs, toldMs }) => Math.max(rawMs ?? 0, toldMs ?? 0)));
    const barsOf = (kind: string, ageOf: (bin: Bin) => number | undefined) =>
      path(
        kind,
        bars(
          bins.map((bin) => ({ fromMs: bin.fromMs, toMs: bin.toMs, value: ageOf(bin) })),
          context.axis,
          scale,
        ),
      );
    const content = [
      barsOf('told', ({ toldMs }) => toldMs),
      barsOf('raw', ({ rawMs }) => rawMs),
      barsOf('adjusted', ({ adjustedMs }) => adjustedMs),
      path('bound', stairs(bounds.get(region) ?? [], context.axis, scale)),
    ];
    const about = `${strategyWords(context.history, region)}at most ${duration(largest)}`;
    const over = strategyMarks(context.history, region, context.axis);
    return plot(context, { region, scale, about, described: `staleness of ${region}, ${about}`, content, over });
  });
  return html`<section id="staleness"><h2>How stale the answers were</h2>
<p class="lead">The staleness of the oldest answer in each ${duration(sliceMs(context))}: how long its version had been superseded when the read began. Allowed is the propagation delay of the region and ${duration(context.staleness.epsilonMs)} more. The time of faults does not count.</p>
<ul class="legend"><li><span class="swatch raw"></span>labelled fresh: time since the version was superseded</li><li><span class="swatch adjusted"></span>the part outside faults</li><li><span class="swatch told"></span>labelled stale: the reader could know</li><li><span class="swatch bound"></span>allowed for an answer labelled fresh</li><li><span class="swatch band"></span>a fault on the path of the region</li></ul>
${frame(context, rows)}</section>`;
}

/** Delay in force and epsilon, from each change to the next. */
function boundOf({ history, staleness, axis }: ChartContext, region: string): readonly Step[] {
  const changes = history
    .of('delay')
    .filter((change) => change.region === region)
    .sort((one, other) => one.atMs - other.atMs);
  return changes.map(({ atMs, delayMs }, at) => ({
    fromMs: Math.max(atMs, axis.fromMs),
    toMs: changes[at + 1]?.atMs ?? axis.toMs,
    value: delayMs + staleness.epsilonMs,
  }));
}

function latencySection(context: ChartContext, perRegion: readonly RegionBins[]): Markup {
  const scale = logScale(Math.max(1, ...perRegion.flatMap(({ bins }) => bins.map(({ slowestMs }) => slowestMs ?? 0))));
  const rows = perRegion.map(({ region, bins }) => {
    const failed = bins.reduce((sum, bin) => sum + bin.failed, 0);
    const slowest = Math.max(...bins.map(({ slowestMs }) => slowestMs ?? 0));
    const about = `slowest ${duration(slowest)}${failed === 0 ? '' : `, ${plural(failed, 'read')} failed`}`;
    const content = [
      path(
        'range',
        ranges(
          bins.map(({ slowestMs, medianMs, ...span }) => ({ ...span, value: slowestMs, low: medianMs })),
          context.axis,
          scale,
        ),
      ),
      path(
        'median',
        stairs(
          bins.map(({ medianMs, ...span }) => ({ ...span, value: medianMs })),
          context.axis,
          scale,
        ),
      ),
    ];
    return plot(context, { region, scale, about, described: `latency of ${region}, ${about}`, content, over: failures(bins, context) });
  });
  return html`<section id="latency"><h2>How long reads took</h2>
<p class="lead">Median and slowest read in each ${duration(sliceMs(context))}, as the lab measured them. The scale is logarithmic.</p>
<ul class="legend"><li><span class="swatch median"></span>median</li><li><span class="swatch range"></span>up to the slowest</li><li><span class="swatch failed">×</span>failed</li><li><span class="swatch band"></span>a fault on the path of the region</li></ul>
${frame(context, rows)}</section>`;
}

function sliceMs({ axis }: ChartContext): number {
  return (axis.toMs - axis.fromMs) / BINS;
}

function failures(bins: readonly Bin[], { axis }: ChartContext): readonly Markup[] {
  return bins
    .filter(({ failed }) => failed > 0)
    .map(({ fromMs, toMs, failed, reads }) => {
      const title = `${failed} of ${plural(reads, 'read')} failed, ${moment(fromMs)} to ${moment(toMs)}`;
      return html`<text class="failed" x="${axis.percent((fromMs + toMs) / 2)}%" y="14" text-anchor="middle">×<title>${title}</title></text>`;
    });
}

interface Plot {
  readonly region: string;
  readonly about: string;
  readonly described: string;
  readonly scale: Scale;
  /** Stretched to the plot. */
  readonly content: readonly (Markup | undefined)[];
  readonly over?: Part;
}

function plot({ history, axis }: ChartContext, { region, about, described, scale, content, over }: Plot): Markup {
  const faults = history.faults.filter((fault) => touches(fault, region));
  const lines = scale.marks.map((value) => {
    const y = ((1 - scale.heightOf(value)) * PLOT_PX).toFixed(1);
    return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
  });
  const values = scale.marks.map((value) => {
    const y = ((1 - scale.heightOf(value)) * PLOT_PX + 4).toFixed(1);
    return html`<text class="tick" x="48" y="${y}" text-anchor="end">${duration(value)}</text>`;
  });
  const base = html`<line class="base" x1="0" x2="100%" y1="${PLOT_PX - 0.5}" y2="${PLOT_PX - 0.5}"/>`;
  return row({
    label: region,
    about,
    heightPx: PLOT_PX,
    described,
    content: html`${bands(axis, faults)}${gridLines(axis)}${lines}${drawing(content)}${base}${over}`,
    gutter: values,
  });
}

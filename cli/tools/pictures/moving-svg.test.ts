/**
 * The moving picture: at each moment it shows its scene and nothing else, and it stands still for whoever asks for
 * that.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOMParser, type Element } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { toMovingSvg } from './moving-svg.ts';

const BYTES_MAX = 2_000_000;
const line = (text: string) => [{ column: 0, text, colour: 2, isBold: false, isDim: false }];
const scene = (caption: string, ms: number, ...lines: readonly string[]) => ({ caption, ms, screen: lines.map(line) });
const SCENES = [
  scene('one', 500, 'a', 'b'),
  scene('two', 1_500, 'a', 'c', 'd'),
  scene('two', 1_000, 'e', 'c'),
  scene('last', 1_000, 'a', 'c'),
];
const SVG = toMovingSvg({ title: 'moving', columns: 80, rows: 3, scenes: SCENES, still: 1 });

const parse = (svg: string) => new DOMParser().parseFromString(svg, 'image/svg+xml');
const groupsOf = (svg: string): readonly Element[] =>
  [...parse(svg).getElementsByTagName('g')].filter((group) => group.getAttribute('class') !== null);
const wordsOf = (group: Element) => [...group.getElementsByTagName('text')].map((text) => text.textContent);

/**
 * What a step-end animation of opacity comes to at that share of its time: the last of its key frames that lies before.
 */
function isShown(svg: string, group: Element, share: number): boolean {
  const name = group.getAttribute('class')?.split(' ')[0] ?? '';
  const frames = new RegExp(`@keyframes ${name}\\{((?:[^{}]*\\{[^{}]*\\})*)\\}`).exec(svg)?.[1] ?? '';
  const steps = [...frames.matchAll(/([^{}]+)\{opacity:([01])\}/g)].flatMap(([, at = '', opacity]) =>
    at.split(',').map((percent) => ({ at: Number.parseFloat(percent) / 100, opacity })),
  );
  return steps.findLast(({ at }) => at <= share)?.opacity === '1';
}

describe('a moving picture', () => {
  it.each([
    [0, ['one', 'a', 'b']],
    [0.124, ['one', 'a', 'b']],
    [0.126, ['two', 'a', 'c', 'd']],
    [0.51, ['two', 'e', 'c']],
    [0.76, ['last', 'a', 'c']],
    [0.999, ['last', 'a', 'c']],
  ])('shows at %d of its time what was on the screen then', (share, words) => {
    expect(
      groupsOf(SVG)
        .filter((group) => isShown(SVG, group, share))
        .flatMap(wordsOf),
    ).toEqual(words);
  });

  it('shows one scene, standing still, to whoever asks for less motion', () => {
    expect(SVG).toContain('@media (prefers-reduced-motion:reduce){g g[class]{animation:none;opacity:0}g g[class].still{opacity:1}}');
    const still = groupsOf(SVG).filter((group) => group.getAttribute('class')?.split(' ').includes('still'));
    expect(still.flatMap(wordsOf)).toEqual(['two', 'a', 'c', 'd']);
  });

  it('refuses a still scene that there is not', () => {
    expect(() => toMovingSvg({ title: '', columns: 80, rows: 3, scenes: SCENES, still: 4 })).toThrow(RangeError);
  });
});

describe('the picture of README', () => {
  const svg = readFileSync(join(import.meta.dirname, 'story.svg'), 'utf8');

  it('has less than two megabytes, and loads nothing', () => {
    expect(Buffer.byteLength(svg)).toBeLessThan(BYTES_MAX);
    expect(svg).not.toMatch(/<script|href|url\(/);
  });

  it('shows the cut without a lease, the end of one, and a verdict', () => {
    const all = groupsOf(svg).flatMap(wordsOf).join('\n');
    for (const words of ['cut eu-west / kafka', 'fresh!', 'stale', 'lease ran out', 'exit code 0;']) expect(all).toContain(words);
  });
});

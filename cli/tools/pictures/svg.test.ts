/** The pictures of README and docs: that they can hold any text, and each is shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOMParser } from '@xmldom/xmldom';
import { expect, it } from 'vitest';
import { toSvg } from './svg.ts';

const run = (text: string, column = 0) => ({ column, text, colour: 2, isBold: true, isDim: false });

it('holds whatever a screen shows, as text', () => {
  const hostile = `</text><script>"'&]]>\u0001\u001b[2J`;
  const svg = toSvg({ title: '<&"', columns: 80, screen: [[run(hostile)], [run('  ok  ', 4)], []] });
  const document = new DOMParser({
    onError: (_, message) => {
      throw new Error(message);
    },
  }).parseFromString(svg, 'image/svg+xml');
  const texts = [...document.getElementsByTagName('text')].map((text) => text.textContent);
  expect(texts).toEqual([`</text><script>"'&]]>[2J`, 'ok']);
  expect(svg).toContain('x="66.4"');
  expect(svg).not.toMatch(/<script|href|url\(/);
});

it('each picture is shown by README or docs', () => {
  const pictures = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.svg'));
  expect(pictures.length).toBeGreaterThan(2);
  const root = join(import.meta.dirname, '../../..');
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].map((page) =>
    readFileSync(join(root, page), 'utf8'),
  );
  expect(pictures.filter((name) => !pages.some((page) => page.includes(`cli/tools/pictures/${name})`)))).toEqual([]);
});

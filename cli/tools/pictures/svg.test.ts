/** The pictures of README: that they can hold any text, and are there. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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

it('README shows pictures that are there', () => {
  const root = new URL('../../../', import.meta.url);
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  const pictures = [...readme.matchAll(/\]\((cli\/pictures\/[^)]+)\)/g)].map(([, path = '']) => path);
  expect(pictures.length).toBeGreaterThan(2);
  for (const path of pictures) expect(existsSync(fileURLToPath(new URL(path, root))), path).toBe(true);
});

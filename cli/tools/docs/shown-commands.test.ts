/** Every command that the program, its docs or its README show is one that the program takes. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES } from '../../started-as.ts';
import { wholeProgram } from './program-tables.ts';

/** As a source or a page writes it, up to what ends a command. */
const SHOWN = new RegExp(
  `(?:npx edgesync-lab|(?<![\\w./@'-])edgesync-lab|npm start(?: --silent)? --|npm run dev(?: --silent)? --) ((?:${COMMAND_NAMES.join('|')})\\b[^\\n\`'"<>|;#()]*)`,
  'g',
);
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...(await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];
const SOURCE = /^(cli|lab|services)\/.*\.tsx?$/;
const NO_SOURCE = /test\.tsx?$|\/testing\/|^cli\/tools\//;
const SOURCES = (await readdir('.', { recursive: true })).filter((name) => SOURCE.test(name) && !NO_SOURCE.test(name));

async function shownIn(file: string): Promise<readonly (readonly [where: string, words: string])[]> {
  const text = await readFile(file, 'utf8');
  return [...text.matchAll(SHOWN)].map(([, words = '']) => [file, words.trim()]);
}

const shown = (await Promise.all([...PAGES, ...SOURCES].map(shownIn))).flat();

describe('commands that are shown', () => {
  it('are many', () => {
    expect(shown.length).toBeGreaterThan(60);
  });

  it('take the options that they are shown with', async () => {
    const { commands, options: ofAll } = await wholeProgram();
    const wrong = shown.flatMap(([file, words]) => {
      const [name = ''] = words.split(' ');
      const command = commands.find((each) => each.name() === name);
      const flags = [...words.matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map(([flag]) => flag);
      const known = [...(command?.options ?? []), ...ofAll].flatMap(({ long }) => (long == null ? [] : [long]));
      const bad = flags.filter((flag) => !known.includes(flag) && flag !== '--help');
      return bad.map((flag) => `${file}: ${name} has no ${flag}`);
    });
    expect(wrong).toEqual([]);
  });

  it('say --silent where npm start prints JSON, for npm begins with words of its own', async () => {
    const loud: string[] = [];
    for (const file of PAGES) {
      const lines = (await readFile(file, 'utf8')).split('\n');
      loud.push(...lines.filter((line) => /npm (?:start|run dev) -- .*--json/.test(line)).map((line) => `${file}: ${line}`));
    }
    expect(loud).toEqual([]);
  });
});

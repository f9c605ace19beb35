/**
 * The words of README and docs are English as it is spelt in Britain, or stand in `words.txt`: names, and words of the
 * field.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import dictionary from 'dictionary-en-gb';
import nspell from 'nspell';
import { describe, expect, it } from 'vitest';
import { prose } from './links.ts';
import { pagePaths, readPage } from './pages.ts';

/** No name with a capital inside, no acronym, no part of a path, of a host or of a file's name. */
const WORD = /(?<![\w./-])[A-Za-z][a-z]+(?:['’][a-z]+)?(?![\w/]|\.\w)/g;

const dictionaryWords = nspell(Buffer.from(dictionary.aff), Buffer.from(dictionary.dic));
const ownWords = new Set((await readFile(join(import.meta.dirname, 'words.txt'), 'utf8')).trim().split('\n'));

function wordsOf(page: string): readonly string[] {
  const text = prose(page)
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/https?:\S+/g, '');
  return [...text.matchAll(WORD)].map(([word]) => word.replace('’', "'"));
}

/** `Kafka's` is known where `kafka` is. */
const owned = (word: string) => word.replace(/'s$/, '');
const isKnown = (word: string) =>
  [word, owned(word)].some((form) => dictionaryWords.correct(form)) || ownWords.has(owned(word).toLowerCase());

const pages = await Promise.all(
  ['CONTRIBUTING.md', ...(await pagePaths())].map(async (path) => ({ path, words: wordsOf(await readPage(path)) })),
);

describe('spelling', () => {
  it('is looked at in words of prose alone', () => {
    const page = 'A teh [link](httpx://teh) `teh` PGlite a.teh/teh\n\n```sh\nteh\n```\n<!-- teh -->\n';
    expect(wordsOf(page).filter((word) => !isKnown(word))).toEqual(['teh']);
  });

  it.each(pages)('of $path is right: else mend it, or add the word to cli/tools/docs/words.txt', ({ words }) => {
    expect([...new Set(words.filter((word) => !isKnown(word)))]).toEqual([]);
  });

  it('has no words of its own that nobody writes, or in no order', () => {
    const used = new Set(pages.flatMap(({ words }) => words.map((word) => owned(word).toLowerCase())));
    expect([...ownWords].filter((word) => !used.has(word))).toEqual([]);
    expect([...ownWords]).toEqual([...ownWords].sort());
  });
});

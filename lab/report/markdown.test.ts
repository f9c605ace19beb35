/** Markdown that stays what it was meant to be, whatever the texts in it are. */
import { describe, expect, it } from 'vitest';
import { codeBlock, inline, markdownTable } from './markdown.ts';
import { HOSTILE } from './testing/report.ts';

describe('a text in Markdown', () => {
  it.each([
    ['markup', '<img src=x onerror=y>&', '&lt;img src=x onerror=y&gt;&amp;'],
    ['a link and a picture', '![a](b)', '!\\[a\\](b)'],
    ['emphasis, code and strikes', '*a* _b_ `c` ~d~', '\\*a\\* \\_b\\_ \\`c\\` \\~d\\~'],
    ['an escape', 'a\\', 'a\\\\'],
    ['the end of a cell', 'a | b', 'a \\| b'],
    ['a heading and an issue', '# a #12', '\\# a \\#12'],
    ['a formula', '$x$', '\\$x\\$'],
    ['a name that would be told', '@team', '@<!-- -->team'],
    ['an address', 'see https://a.example and www.b.example', 'see https:\\//a.example and www\\.b.example'],
    ['a line end', 'a\n\n## b', 'a␊␊\\#\\# b'],
    ['a list', '- a', '\\- a'],
    ['a numbered list', '12. a', '12\\. a'],
    ['indented code', '    - a', '\\- a'],
    ['what cannot be seen', '\u001b[2J\u202e', '␛\\[2J\\\\u202e'],
  ])('is only text: %s', (_, text, shown) => {
    expect(inline(text)).toBe(shown);
  });

  it('is bounded', () => {
    expect(inline('x'.repeat(10_000)).length).toBeLessThan(700);
  });
});

describe('a block of code', () => {
  it('is not ended by what it holds', () => {
    expect(codeBlock('a ```` b')).toBe('`````sh\na ```` b\n`````');
    expect(codeBlock(`${HOSTILE}\n\`\`\``).split('\n')).toHaveLength(3);
  });
});

describe('a table', () => {
  it('has a head, a rule and a line for each row', () => {
    expect(
      markdownTable([
        ['region', 'P99'],
        ['us-east', '5'],
      ]),
    ).toBe('| region | P99 |\n| --- | --: |\n| us-east | 5 |');
  });
});

/** The tour, walked to its end by a person's keys: the bundle in a real pseudo-terminal, on the embedded world. */
import { expect, it } from 'vitest';
import { openLab } from './testing/terminal.ts';

const SEEN_MS = 60_000;
const WALK_MS = 240_000;
const shows = (text: string | RegExp) => (screen: readonly string[]) =>
  screen.some((line) => (typeof text === 'string' ? line.includes(text) : text.test(line)));

/** The key of each act, what is asked before it and what must be seen after it. */
const WALK: readonly (readonly [key: string, asked: string, seen: RegExp])[] = [
  ['w', 'press w to change one content', /version \d+ of content:\d+ was applied in us-east after \d/],
  ['b', 'press b to change contents 50 times', /us-east, eager: \d+ readers? waited for the origin, 0 got the old version/],
  ['c', 'press c to cut the link', /eu-west serves version \d+ of content:\d+, the origin has \d+: \d+ behind/],
  ['\r', 'press Enter to give the region a lease of 5 s', /eu-west labels no old version fresh any more/],
  ['a', 'press a to heal it', /eu-west has caught up/],
  ['\r', 'press Enter to run both', /the real protocol: PASS/],
  [
    '\r',
    'press Enter to purge a content',
    /200 readers asked ap-south for content:\d+ at once, and the edge asked the origin once\. ✓ 1\d\d readers shared that fetch/,
  ],
  ['\r', 'press Enter to kill Kafka', /invalidations? waits? in the outbox of the origin/],
  ['a', 'press a to start Kafka again', /The outbox is empty and every region has applied the waiting invalidations/],
];

it('teaches six steps, each seen in the live figures, and leaves nothing broken', { timeout: WALK_MS }, async () => {
  const lab = openLab({ words: ['--ports', 'auto', '--tour'] });
  for (const [key, asked, seen] of WALK) {
    await lab.until(shows(asked), asked, SEEN_MS);
    lab.press(key);
    const isSeen = (lines: readonly string[]) => seen.test(lines.map((line) => line.trim()).join(' ')) && shows('Enter goes on')(lines);
    const screen = await lab.until(isSeen, String(seen), SEEN_MS);
    expect(screen[0]).toMatch(/^EdgeSync Lab/);
    expect(screen.at(-1)).toMatch(/q quit$/);
    lab.press('\r');
  }
  await lab.until(shows('the end of the tour'), 'the end', SEEN_MS);
  lab.press('\r');
  await lab.until((screen) => shows('faults in force')(screen) && shows('no faults')(screen), 'the overview');
  lab.press('q');
  const left = await lab.left();
  expect(left).toMatchObject({ code: 0, after: left.before });
  expect(left.said).toContain('everything healed and stopped');
});

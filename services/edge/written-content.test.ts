import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentOf } from './testing/kit.ts';
import { writtenAs } from './written-content.ts';

it('the body of a read is written as JSON.stringify writes it, each time', () => {
  const text = fc.string({ unit: 'binary' });
  const label = fc.record({
    source: fc.constantFrom('cache', 'origin'),
    status: fc.constantFrom('fresh', 'stale'),
    region: fc.constantFrom('us-east', '1'),
    latency_ms: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), fc.nat()),
    cached_at: fc.constant('2030-01-01T00:00:00.000Z'),
  });
  const content = fc.record({ title: text, body: text, tags: fc.array(text), metadata: fc.dictionary(text, fc.jsonValue()) });
  fc.assert(
    fc.property(content, fc.array(label, { minLength: 2, maxLength: 2 }), (of, labels) => {
      const entry = {
        version: 1,
        content: { ...contentOf(1, 1), ...of },
        etag: '"1-1"',
        fetchedAt: 0,
        freshUntil: 1,
        staleUntil: 2,
        expiresAt: 3,
      };
      for (const each of labels) expect(writtenAs(entry, each)).toBe(JSON.stringify({ success: true, data: entry.content, ...each }));
    }),
  );
});

import { describe, expect, it } from 'vitest';
import { parseSelector } from './selector.ts';

describe('the key of a threshold', () => {
  it.each([
    ['staleness', 'staleness', {}],
    ['edge_hit_ratio{region:us-east}', 'edge_hit_ratio', { region: 'us-east' }],
    ['staleness{phase:fault}', 'staleness', { phase: 'fault' }],
    ['staleness{ region : us-east , phase:"fault" }', 'staleness', { region: 'us-east', phase: 'fault' }],
    ["edge_reads{region:'a:b'}", 'edge_reads', { region: 'a:b' }],
    ['origin_write_duration{phase:heal}', 'origin_write_duration', { phase: 'heal' }],
  ])('%s names metric and tags', (text, metric, tags) => {
    expect(parseSelector(text)).toMatchObject({ metric: { metric }, tags });
  });

  it.each([
    ['stalenes', /^expected a metric \(.*\), got "stalenes"; did you mean staleness\?$/],
    ['constructor', /^expected a metric/],
    ['', /^expected a metric/],
    ['staleness{phase:fautl}', /^expected a phase \(warmup, .*\), got "fautl"; did you mean fault\?$/],
    ['staleness{fase:fault}', /^expected a tag of staleness \(region, phase\), got "fase"; did you mean phase\?$/],
    ['origin_write_duration{region:us-east}', /^expected a tag of origin_write_duration \(phase\), got "region"/],
    ['staleness{phase:fault,phase:heal}', /^expected each tag once, got phase again$/],
    ['staleness{}', /^expected a tag such as region:us-east, got ""$/],
    ['staleness{region}', /^expected a tag such as/],
    ['staleness{region:}', /^expected a tag such as/],
    ['staleness{region:us-east', /^expected tags such as/],
    ['staleness{region:us-east}x', /^expected tags such as/],
  ])('%s is refused in words', (text, problem) => {
    expect(parseSelector(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

import { describe, expect, it } from 'vitest';
import { memberOf, regionOf } from './parts.ts';
import { concreteTarget, targetProblem } from './target.ts';

const REGIONS = ['us-east', 'eu-west'];

describe('a target at one of several edges of a region', () => {
  it('names it by its number', () => {
    const target = concreteTarget('edge:eu-west/2', REGIONS);
    expect(target).toMatchObject({ kind: 'edge', node: 'edge:eu-west/2', region: 'eu-west', text: 'edge:eu-west/2' });
    expect([regionOf('edge:eu-west/2'), memberOf('edge:eu-west/2'), memberOf('edge:eu-west')]).toEqual(['eu-west', 2, 1]);
  });

  it('is the first where it says none, or 1', () => {
    for (const text of ['edge:eu-west', 'edge:eu-west/1']) expect(concreteTarget(text, REGIONS)).toMatchObject({ text: 'edge:eu-west' });
  });

  it('may be its link', () => {
    expect(concreteTarget('kafka->edge:eu-west/3', REGIONS)).toMatchObject({
      text: 'kafka->edge:eu-west/3',
      link: { caller: 'edge:eu-west/3', callee: 'kafka' },
      direction: 'back',
      region: 'eu-west',
    });
  });

  it.each([
    'edge:eu-west/0',
    'edge:eu-west/10',
    'edge:eu-west/x',
    'edge:eu-west/',
    'edge:eu-west/2/3',
    'redis:eu-west/2',
    'edge:eu-west/1.5',
  ])('is refused: %s', (text) => {
    expect(targetProblem(text, REGIONS)).toContain('edge:<region>/<number>');
  });

  it('is refused in a region that there is not', () => {
    expect(targetProblem('edge:eu-wast/2', REGIONS)).toContain('did you mean eu-west?');
  });
});

import { describe, expect, it } from 'vitest';
import { asTyped, COMMAND_NAMES, startedAs } from './started-as.ts';

describe('how the program was started', () => {
  const own = { npm_package_name: 'edgesync-lab' };
  it.each([
    ['npx', { npm_command: 'exec', npm_lifecycle_event: 'npx' }, '/x/node_modules/.bin/edgesync-lab', 'npx edgesync-lab'],
    ['npm start', { ...own, npm_command: 'start', npm_lifecycle_event: 'start' }, '/home/me/lab/dist/bin.js', 'npm start --silent --'],
    ['npm run dev', { ...own, npm_command: 'run', npm_lifecycle_event: 'dev' }, '/home/me/lab/dist/bin.js', 'npm run dev --silent --'],
    ['another project that calls it', { npm_package_name: 'shop', npm_lifecycle_event: 'start' }, '/x/.bin/edgesync-lab', 'edgesync-lab'],
    ['by its name', {}, '/usr/local/bin/edgesync-lab', 'edgesync-lab'],
    ['node in its folder', {}, '/home/me/lab/dist/bin.js', 'node dist/bin.js'],
    ['node from elsewhere', {}, '/opt/my lab/dist/bin.js', "node '/opt/my lab/dist/bin.js'"],
  ])('is told of %s', (_name, variables, script, expected) => {
    expect(startedAs(variables, script, '/home/me/lab')).toBe(expected);
  });
});

describe('commands in a text', () => {
  const typed = (text: string) => asTyped(text, 'npm start --silent --');

  it.each(COMMAND_NAMES)('%s is shown as it was typed', (name) => {
    expect(typed(`again: edgesync-lab ${name} x`)).toBe(`again: npm start --silent -- ${name} x`);
  });

  it('are found wherever they stand, and as often', () => {
    expect(typed('(edgesync-lab heal removes it), or edgesync-lab down')).toBe(
      '(npm start --silent -- heal removes it), or npm start --silent -- down',
    );
    expect(typed('npx edgesync-lab up')).toBe('npm start --silent -- up');
  });

  it('leave alone what is no command, a path, or JSON', () => {
    for (const text of [
      'edgesync-lab failed: x',
      'edgesync-lab runs',
      '/x/edgesync-lab run',
      'my-edgesync-lab run',
      '{"reproduce":"edgesync-lab run x"}',
    ])
      expect(typed(text)).toBe(text);
  });
});

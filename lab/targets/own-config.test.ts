/** A configuration of the user's own under a preset: its backend is ours, or it is refused with what is missing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withOwnConfig } from './own-config.ts';
import { isOwn } from './own-targets.ts';
import { asStarted, parseTarget, type StartedTarget } from './target.ts';
import { findTarget } from './targets.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function under(name: string, text: string): Promise<StartedTarget> {
  const preset = await findTarget(name, import.meta.dirname);
  if (isOwn(preset)) throw new TypeError('expected a preset with a file');
  const file = join(folder, 'mine');
  await writeFile(file, text);
  return withOwnConfig(asStarted(preset), file);
}

const VCL =
  'backend a {\n  .host = "app.internal";\n  .port="3000";\n}\nbackend b { .host = "10.0.0.9"; .port = "80"; }\n# $& <port> stays\n';

describe('a configuration of the user’s own', () => {
  it('has the upstream for every backend of a VCL, and is otherwise as it was', async () => {
    const { name, label, start } = await under('varnish', VCL);
    const backend = '.host = "<upstream-host>"';
    expect(start.files['cache.vcl']).toBe(
      `backend a {\n  ${backend};\n  .port = "<upstream-port>";\n}\nbackend b { ${backend}; .port = "<upstream-port>"; }\n# $& <port> stays\n`,
    );
    expect([name, label]).toEqual(['varnish-own', undefined]);
  });

  it.each([
    [
      'squid',
      'http_port 80 accel\ncache_peer app parent 8080 0 originserver\n',
      'squid.conf',
      ['http_port 127.0.0.1:<port> accel', 'cache_peer <upstream-host> parent <upstream-port> 0'],
    ],
    [
      'nginx-refresh',
      'http { server { listen 80; location / { proxy_pass https://app:3/x; } } }',
      'nginx.conf',
      ['listen 127.0.0.1:<port>;', 'proxy_pass http://<upstream>/x;'],
    ],
  ])('of %s has our port and our upstream', async (name, text, file, parts) => {
    const { start } = await under(name, text);
    for (const part of parts) expect(start.files[file]).toContain(part);
  });

  it('of Squid has no pid file: another one may run on the machine, and each region has one of its own', async () => {
    const { start } = await under('squid', 'http_port 80 accel\ncache_peer app parent 8080 0 originserver\npid_filename /run/squid.pid');
    expect(start.files['squid.conf']?.split('\n').findLast((line) => line.startsWith('pid_filename'))).toBe('pid_filename none');
  });

  it.each([
    ['varnish', 'backend default none;', 'expected the host of a backend, such as .host = "app", found none'],
    ['varnish', 'backend a { .host = "app"; }', 'expected the port of a backend'],
    ['squid', 'cache_peer app parent 80 0 originserver\n', 'expected the port that it listens on'],
    ['nginx-refresh', 'listen 80;', 'expected its origin, such as proxy_pass'],
    ['haproxy', '', 'haproxy takes no configuration of your own; write a target file instead'],
  ])('of %s is refused where nothing can be replaced: %s', async (name, text, message) => {
    await expect(under(name, text)).rejects.toThrow(message);
  });

  it('is refused where its file is not there, or is none', async () => {
    const preset = await findTarget('varnish', import.meta.dirname);
    await expect(withOwnConfig(preset as StartedTarget, join(folder, 'no.vcl'))).rejects.toThrow('cannot be read (ENOENT)');
    await expect(withOwnConfig(preset as StartedTarget, folder)).rejects.toThrow('cannot be read (EISDIR)');
    await expect(withOwnConfig(preset as StartedTarget, '/dev/zero')).rejects.toThrow('expected at most');
  });

  it('takes the place of a file that the target has, by places that there are', () => {
    const written = (config: string) =>
      `version: 1\nname: x\nabout: a\npurge: { hard: { key: PURGE /<id> } }\nconfig: ${config}\nstart: { command: [x, "<port>", "<upstream>"], files: { a.conf: b } }\n`;
    const parse = (config: string) => () => parseTarget(written(config), 'x.yaml');
    expect(parse('{ file: a.conf, replace: [{ about: a, find: a, with: <port> }] }')).not.toThrow();
    expect(parse('{ file: b.conf, replace: [{ about: a, find: a, with: b }] }')).toThrow('config.file: expected one of a.conf');
    expect(parse('{ file: a.conf, replace: [{ about: a, find: a, with: <prt> }] }')).toThrow('no such place <prt>');
    expect(parse('{ file: a.conf, replace: [{ about: a, find: a, with: b }], append: "x <prt>" }')).toThrow('no such place <prt>');
    expect(parse('{ file: a.conf, replace: [{ about: a, find: "(", with: b }] }')).toThrow('expected a regular expression');
  });
});

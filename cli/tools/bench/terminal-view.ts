/**
 * What the terminal alone costs: its own process at 160x45, fed with made-up figures, so that no service shares in it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { startPty } from '../../../lab/testing/pty.ts';
import type { Figure } from './figure.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FED = 'cli/tools/bench/fed-terminal.ts';
const SIZE = { columns: 160, rows: 45 } as const;
const SECONDS = 20;
/** Of an hour, one a second. */
const UPDATES = 3_600;
const measured = z.object({ cpuShare: z.number(), rssMb: z.number(), grownMb: z.number() });

export async function terminalView(): Promise<readonly Figure[]> {
  // Beside the sources: what is not bundled is looked up from there.
  const folder = await mkdtemp(join(ROOT, '.bench-'));
  const reports = await mkdtemp(join(tmpdir(), 'edgesync-bench-'));
  try {
    const bin = join(folder, 'fed.js');
    await build({
      entryPoints: { fed: join(ROOT, FED) },
      outdir: folder,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      external: ['react-devtools-core'],
      jsx: 'automatic',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'error',
    });
    const run = async (mode: string, count: number) => {
      const file = join(reports, mode);
      const pty = startPty({ command: process.execPath, words: ['--expose-gc', bin, file, mode, String(count)], ...SIZE });
      await pty.ended;
      return measured.parse(JSON.parse(await readFile(file, 'utf8')));
    };
    const [live, idle, fast] = [await run('live', SECONDS), await run('idle', SECONDS), await run('fast', UPDATES)];
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    const size = `${SIZE.columns}x${SIZE.rows}`;
    return [
      { what: `${size}, an update a second: of a core`, measured: percent(live.cpuShare), promised: '1 %' },
      { what: 'the same, nothing but time: of a core', measured: percent(idle.cpuShare), promised: '0.5 %' },
      { what: 'the same, an update a second: resident memory', measured: `${live.rssMb.toFixed(0)} MB`, promised: '150 MB' },
      { what: `heap after ${UPDATES} more updates, grown by`, measured: `${fast.grownMb.toFixed(2)} MB`, promised: '0' },
      { what: 'resident memory after them', measured: `${fast.rssMb.toFixed(0)} MB`, promised: '150 MB' },
    ];
  } finally {
    await Promise.all([folder, reports].map((made) => rm(made, { recursive: true, force: true })));
  }
}

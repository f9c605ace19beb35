/**
 * `node cli/tools/side-by-side/main.ts NAME…`: npm scripts at once, those that mostly wait. Their lines are told as
 * they come. Each comes to its end; it fails when one has failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

async function succeeds(script: string): Promise<boolean> {
  const child = spawn('npm', ['run', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => process.stdout.write(`${line}\n`));
  const [code] = await once(child, 'close');
  return code === 0;
}

const succeeded = await Promise.all(process.argv.slice(2).map(succeeds));
process.exitCode = succeeded.every(Boolean) ? 0 : 1;

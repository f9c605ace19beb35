/** What it costs to judge a history, by its length: processor time for each operation, and the memory of history and judge together. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROW = fileURLToPath(new URL('./judge-row.ts', import.meta.url));
const ROW_MS_MAX = 600_000;
const HEAP_MIB_MAX = 8_192;
const OPERATIONS = [100_000, 1_000_000, 10_000_000] as const;
const HEAD = ['operations', 'processor s', 'µs an operation', 'MiB at most'] as const;

/** A table in Markdown; a line as soon as it is known. A row that does not get to its end says why. */
export async function judge(line: (text: string) => void): Promise<void> {
  const row = (cells: readonly string[]) => line(`| ${cells.join(' | ')} |`);
  row(HEAD);
  row(HEAD.map(() => '---:'));
  for (const count of OPERATIONS) {
    const asked = run(process.execPath, [`--max-old-space-size=${HEAP_MIB_MAX}`, ROW, String(count)], { timeout: ROW_MS_MAX });
    const cells = await asked.then(
      ({ stdout }) => stdout.trim().split('\t'),
      (error: Error) => [count.toLocaleString('en'), '-', '-', /heap out of memory/.test(error.message) ? `above ${HEAP_MIB_MAX}` : '-'],
    );
    row(cells);
  }
}

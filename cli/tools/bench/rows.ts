/** A table in Markdown, each row of which is measured by a process of its own; a line as soon as it is known. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RowsOptions {
  readonly head: readonly string[];
  /** Beside the benchmark; prints the cells of its row, with tabs between them. */
  readonly file: string;
  /** Of Node. */
  readonly flags: readonly string[];
  /** Its arguments, a list for each row. */
  readonly rows: readonly (readonly number[])[];
  readonly rowMsMax: number;
  readonly line: (text: string) => void;
  /** The cells of a row that does not get to its end. Left out: it ends the benchmark. */
  readonly unfinished?: (row: readonly number[], error: Error) => readonly string[];
}

export async function measureRows({ head, file, flags, rows, rowMsMax, line, unfinished }: RowsOptions): Promise<void> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const tell = (cells: readonly string[]) => line(`| ${cells.join(' | ')} |`);
  tell(head);
  tell(head.map(() => '---:'));
  for (const row of rows) {
    const measured = run(process.execPath, [...flags, path, ...row.map(String)], { timeout: rowMsMax });
    const cells = measured.then(({ stdout }) => stdout.trim().split('\t'));
    tell(await (unfinished === undefined ? cells : cells.catch((error: Error) => unfinished(row, error))));
  }
}

/** Every event as one line of JSON on standard output, and nothing else there. */
import { printableLines } from '../input/printable.ts';
import type { OutputKind } from './output.ts';

export const ndjson: OutputKind = {
  options: [{ flags: '--json', about: 'NDJSON on standard output, nothing else', variable: 'EDGESYNC_JSON' }],
  open: ({ asked: { json }, line, note }) => {
    if (!json) return undefined;
    return {
      addEvent: (event) => line(JSON.stringify(event)),
      // Whoever reads the lines is a program: people are told of an error where they look.
      stop: ({ summary }) => {
        line(JSON.stringify(summary));
        if (summary.error !== undefined) note(printableLines(summary.error));
      },
    };
  },
};

/** Draws lines: the only component that makes text. What it is given is measured already, so nothing wraps or is cut here. */
import { Box, Text } from 'ink';
import { widthOf } from './format.ts';
import type { Line } from './line.ts';
import { useTheme } from './theme.ts';

const NOT_ASCII = /[^\x20-\x7e]/gu;

/** As many columns as before. */
function toAscii(text: string): string {
  return text.replaceAll('…', '~').replace(NOT_ASCII, (character) => '?'.repeat(widthOf(character)));
}

export function Lines({ lines, width }: { readonly lines: readonly Line[]; readonly width: number }) {
  const theme = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0} width={width}>
      {lines.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its row; it has no other identity.
        <Text key={row} wrap="truncate">
          {line.map(({ text, role }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <Text key={at} {...theme.styles[role]}>
              {theme.isAscii ? toAscii(text) : text}
            </Text>
          ))}
        </Text>
      ))}
    </Box>
  );
}

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EDGE_SETTINGS } from '../../services/edge/config.ts';
import { ORIGIN_SETTINGS } from '../../services/origin/config.ts';
import type { SettingTable } from '../../services/runtime/config.ts';

function fallbackOf(setting: SettingTable[string]): string {
  if (setting.fallback === undefined) return 'required';
  const text = Array.isArray(setting.fallback) ? setting.fallback.join(',') : String(setting.fallback);
  return text === '' ? '(empty)' : `\`${text}\`${setting.unit === undefined ? '' : ` ${setting.unit}`}`;
}

function toMarkdown(table: SettingTable): string {
  const rows = Object.entries(table).map(([key, setting]) => `| \`${key}\` | ${fallbackOf(setting)} | ${setting.about} |`);
  return ['| variable | default | |', '| --- | --- | --- |', ...rows].join('\n');
}

it.each([
  ['origin', ORIGIN_SETTINGS],
  ['edge', EDGE_SETTINGS],
])('README has the table of the %s’s environment', async (_service, table) => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(toMarkdown(table));
});

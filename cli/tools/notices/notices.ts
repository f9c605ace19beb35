/** Whose code the bundle holds, and under which licences: THIRD-PARTY-NOTICES.txt, which comes with the package. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX, as its package.json says. */
  readonly license: string;
  /** As its package.json says. */
  readonly author: string;
  /** Of the files that its package has for it. */
  readonly texts: readonly string[];
}

const person = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().default('none named'),
  author: person.default('none named'),
});

/** Up to the name behind the last `node_modules/` of a path. */
const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;
const RULE = '-'.repeat(80);
const HEAD = `The program edgesync-lab holds code of the packages below. Each is listed with its version, its licence, and the text
of that licence where the package has one.`;

/** Folders of packages that have at least a byte in an output. */
export function packageFolders(metafiles: readonly Metafile[]): readonly string[] {
  const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => Object.entries(output.inputs)));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? (PACKAGE_FOLDER.exec(path)?.[0] ?? []) : []));
  return [...new Set(folders)].sort();
}

export async function readPackage(folder: string): Promise<BundledPackage> {
  const told = manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  return { ...told, texts: await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8'))) };
}

/** The file: a package once a version, by name. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const ofEach = new Map(packages.map((one) => [`${one.name} ${one.version}`, one]));
  const sorted = [...ofEach].sort(([left], [right]) => (left < right ? -1 : 1));
  return `${HEAD}\n\n${sorted.map(([title, one]) => `${RULE}\n${title}\n${noticeOf(one)}\n`).join('\n')}`;
}

function noticeOf(one: BundledPackage): string {
  const without = `The package has no file with the text of its licence. Author, as its package.json says: ${one.author}.`;
  return `Licence: ${one.license}\n\n${one.texts.length === 0 ? without : one.texts.map((text) => text.trim()).join('\n\n')}`;
}

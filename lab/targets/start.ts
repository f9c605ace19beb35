/** How a target is started: a program of this machine, its files, and what it is told by places. */
import { z } from 'zod';
import { strangePlaces as strangeIn } from '../../services/protocol/purge-ways.ts';
import type { Problem } from '../input/problems.ts';
import type { writtenConfig } from './config.ts';
import { text, word } from './text.ts';

/** The places of what is started. */
const OF_STARTS = ['port', 'dir', 'upstream', 'upstream-host', 'upstream-port', 'node', 'worker', 'package'] as const;

/** Below the folder of the process, and nowhere else. Frameworks name files such as [id]. */
const FILE_NAME = /^(?!(?:.*\/)?\.\.?(?:\/|$))[\w.[\]-]+(?:\/[\w.[\]-]+)*$/;
const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
/** As the environment of a process may have it. */
const VARIABLE = /^[^=\0]+$/;

export const writtenStart = z.strictObject({
  /** Run once in the folder of the process, when its files are there and before its first start; it must end with 0. */
  build: z.array(word).min(1).optional(),
  command: z.array(word).min(1),
  /** By their names below the folder of the process. */
  files: z.record(z.string().regex(FILE_NAME, 'expected a name, without .. and without a leading slash'), z.string()).default({}),
  /** Folders that must be there. */
  folders: z.array(z.string().regex(FILE_NAME, 'expected a name, without .. and without a leading slash')).default([]),
  environment: z.record(z.string().regex(VARIABLE, 'expected the name of a variable'), text).default({}),
  /** Where the lab runs as root: whose the folder is, for programs that give up being root. */
  owner: z.string().optional(),
  /** An npm package of the user's, which the command needs: `<package>` is its folder. */
  package: z.string().regex(PACKAGE, 'expected the name of an npm package').optional(),
  /**
   * What the program is asked for its version, such as [varnishd, -V]; the first number with a dot in the answer is it.
   */
  version: z.array(word).min(1).optional(),
  /** How the program is got, for whoever does not have it. */
  get: z.string().optional(),
});
type WrittenStart = z.output<typeof writtenStart>;

/** What the schema cannot say. */
export function problemsOfStart(start: WrittenStart, config: z.output<typeof writtenConfig> | undefined): readonly Problem[] {
  const ofStart = [
    ...(start.build ?? []).flatMap((word, at) => strangePlaces(word, OF_STARTS, ['start', 'build', at])),
    ...start.command.flatMap((word, at) => strangePlaces(word, OF_STARTS, ['start', 'command', at])),
    ...Object.entries(start.files).flatMap(([name, text]) => strangePlaces(text, OF_STARTS, ['start', 'files', name])),
    ...Object.entries(start.environment).flatMap(([name, text]) => strangePlaces(text, OF_STARTS, ['start', 'environment', name])),
  ];
  const texts = [...start.command, ...Object.values(start.files), ...Object.values(start.environment)];
  const says = (place: string) => texts.some((text) => text.includes(`<${place}`));
  const unsaid = (['port', 'upstream'] as const).filter((place) => !says(place));
  const noFile = config !== undefined && !Object.hasOwn(start.files, config.file);
  const ofReplaced = (config?.replace ?? []).flatMap((one, at) => strangePlaces(one.with, OF_STARTS, ['config', 'replace', at, 'with']));
  const ofConfig = [...ofReplaced, ...strangePlaces(config?.append ?? '', OF_STARTS, ['config', 'append'])];
  const isPackageSaid = says('package>') || start.build?.some((word) => word.includes('<package>'));
  const noPackage = isPackageSaid && start.package === undefined;
  return [
    ...foldersAmongFiles(start),
    ...ofStart,
    ...ofConfig,
    ...(noFile ? [{ path: ['config', 'file'], message: `expected one of ${Object.keys(start.files).join(', ')}` }] : []),
    ...unsaid.map((place) => ({ path: ['start'], message: `expected <${place}> in its command, files or environment` })),
    ...(noPackage ? [{ path: ['start'], message: 'expected package, the name of the npm package that <package> stands for' }] : []),
  ];
}

/** A name is a file or a folder. */
function foldersAmongFiles({ files, folders }: WrittenStart): readonly Problem[] {
  const names = [...folders.map((folder) => `${folder}/`), ...Object.keys(files)];
  return Object.keys(files).flatMap((file) =>
    names.some((name) => name.startsWith(`${file}/`))
      ? [{ path: ['start', 'files', file], message: 'expected a file, but a folder has that name' }]
      : [],
  );
}

function strangePlaces(text: string, known: readonly string[], path: readonly PropertyKey[]): readonly Problem[] {
  return strangeIn(text, known).map((message) => ({ path, message }));
}

/** The commit of a checkout, in the forms in which git keeps it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCommit } from './git-commit.ts';

const ONE = '1'.repeat(40);
const OTHER = '2'.repeat(40);

async function withFiles(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-git-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the commit of a folder', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${ONE}\n` }, ONE],
    [
      'a branch that is packed',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack-refs\n${OTHER} refs/heads/mai\n${ONE} refs/heads/main\n` },
      ONE,
    ],
    ['no branch', { '.git/HEAD': `${ONE}\n` }, ONE],
    [
      'a second work tree',
      {
        '.git': 'gitdir: real/worktrees/a\n',
        'real/worktrees/a/HEAD': 'ref: refs/heads/a\n',
        'real/worktrees/a/commondir': '../..\n',
        'real/refs/heads/a': ONE,
      },
      ONE,
    ],
    ['a branch without a commit', { '.git/HEAD': 'ref: refs/heads/main\n' }, undefined],
    ['a HEAD that leads elsewhere', { '.git/HEAD': 'ref: refs/../../secret\n', secret: ONE }, undefined],
    ['a commit that is none', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': '<b>\n' }, undefined],
    ['a file that leads nowhere', { '.git': 'gitdir: nowhere\n' }, undefined],
    ['a file that is something else', { '.git': 'x'.repeat(10_000) }, undefined],
  ])('is read with %s', async (_, files, commit) => {
    await withFiles({ ...files, 'below/it/x': '' }, async (folder) => {
      expect([await readCommit(folder), await readCommit(join(folder, 'below', 'it'))]).toEqual([commit, commit]);
    });
  });
});

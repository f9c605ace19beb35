/**
 * A shell that outlives the lab by a moment: it waits for the end of a pipe that the lab holds open, then kills the
 * process group that it was told of last, and removes a folder. So nothing is left of a program, in whatever way the
 * lab ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * The group is told to end before it is killed: some programs have shared memory that nobody else gives back (Squid).
 * One that starts may not listen yet: it is left two seconds for that. Whoever was killed may still make a file: then
 * the folder is removed once more, for some seconds.
 */
const SCRIPT = `
group=
starting=
while read -r line state; do group=$line starting=$state; done
times=0
while [ -n "$starting" ] && kill -s 0 -- "$group" 2>/dev/null && [ "$times" -lt 20 ]; do
  times=$((times + 1))
  sleep 0.1
done
times=0
if [ -n "$group" ] && kill -s TERM -- "$group" 2>/dev/null; then
  kill -s CONT -- "$group" 2>/dev/null
  while kill -s CONT -- "$group" 2>/dev/null && [ "$times" -lt 30 ]; do
    times=$((times + 1))
    sleep 0.1
  done
  kill -s KILL -- "$group" 2>/dev/null
fi
times=0
until rm -rf -- "$1" 2>/dev/null || [ "$times" -ge 100 ]; do
  times=$((times + 1))
  sleep 0.1
done
`;

export class Keeper {
  readonly #shell: ChildProcess;

  constructor(folder: string) {
    // In a group of its own, so that no signal of a terminal meets it.
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // It was killed: then nobody keeps anything.
    this.#shell.stdin?.on('error', () => {});
  }

  /**
   * `pid`: of the leader of a group; undefined: there is none to kill. `isStarting`: it may not listen to signals yet.
   */
  watch(pid: number | undefined, { isStarting = false } = {}): void {
    this.#shell.stdin?.write(pid === undefined ? '\n' : `-${pid}${isStarting ? ' starting' : ''}\n`);
  }

  /** The group is killed and the folder gone when it resolves. */
  async end(): Promise<void> {
    this.#shell.stdin?.end();
    if (this.#shell.exitCode === null && this.#shell.signalCode === null) await once(this.#shell, 'exit');
  }
}

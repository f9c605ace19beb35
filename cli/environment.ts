/** What the process was given: the only file of the command line that reads `process.env` and the terminal. */
export interface CliEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export const systemEnvironment: CliEnvironment = {
  variables: process.env,
  // Asked for only where it is read: opening it has effects of its own.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
};

/** What the process was given: the only file of the command line that reads `process.env` and the terminal. */
export interface CliEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export const systemEnvironment: CliEnvironment = { variables: process.env, stdout: process.stdout, stderr: process.stderr };

/** What Linux tells of a process: the text of /proc/<pid>/stat (proc_pid_stat(5)). */

/** `getconf CLK_TCK`. */
const TICKS_PER_S = 100;
const MS_PER_S = 1_000;
/** `utime` and `stime`, of the fields behind the name. */
const [USER_AT, SYSTEM_AT] = [11, 12];

/** The fields behind the name, which stands in brackets and may have spaces in it. */
export function statFields(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** How long it has had a processor, in user and system mode, ms. undefined: the text tells nothing. */
export function processorMsIn(stat: string): number | undefined {
  const fields = statFields(stat);
  const [user, system] = [fields[USER_AT], fields[SYSTEM_AT]];
  return user === undefined || system === undefined ? undefined : ((Number(user) + Number(system)) / TICKS_PER_S) * MS_PER_S;
}

/**
 * What the locale says of the terminal's characters, as POSIX has it: the first of LC_ALL, LC_CTYPE and LANG that is
 * not empty.
 */
export function isAsciiLocale({ LC_ALL, LC_CTYPE, LANG }: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  // Without a word, as in most containers, terminals draw Unicode nowadays.
  return locale !== undefined && !/utf-?8/i.test(locale);
}

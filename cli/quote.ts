/** Words as a command that a shell reads back as the same words. */
export function toCommand(words: readonly string[]): string {
  return words.map(toWord).join(' ');
}

export function toWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

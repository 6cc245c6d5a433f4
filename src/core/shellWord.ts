/** A text as one word of a shell, POSIX or cmd: only ever shown and copied, never run by us. */
export function shellWord(text: string, { windows }: { readonly windows: boolean }): string {
  if (/^[\w@%+=:,./-]+$/u.test(text)) return text;
  return windows ? `"${text.replaceAll('"', '""')}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether the editor's theme has a dark ground now. */
export function isDark(): boolean {
  const has = (name: string): boolean => document.body.classList.contains(`vscode-${name}`);
  return has('dark') || (has('high-contrast') && !has('high-contrast-light'));
}

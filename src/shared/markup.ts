/** A text inside an element or a double-quoted attribute of HTML or XML: whatever could be markup is written out. */
export function asMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

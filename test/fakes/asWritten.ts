/** A value as JSON writes it: its sentences are English. */
export function asWritten(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

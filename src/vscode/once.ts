/** A function that does its work when it is first called, and gives everyone the same result. */
export function once<T>(work: () => T): () => T {
  let done: { readonly result: T } | null = null;
  return () => (done ??= { result: work() }).result;
}

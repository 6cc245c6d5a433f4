const MAX_LINE = 4 * 1024 * 1024;

/** The data of a stream's events in their order; ends at `[DONE]`, at the end of the body, or where it is left. */
export async function* eventData(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  // Leaving the loop early ends the request: the server need not write what nobody reads.
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new SyntaxError('An event is too long.');
    for (const line of lines) {
      const data = /^data:[ ]?(.*?)\r?$/u.exec(line)?.[1];
      if (data === undefined) continue;
      if (data === '[DONE]') return;
      yield data;
    }
  }
}

import type { Port } from '../../src/shared/contract.ts';

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

/** The editor as a page sees it: a port to its host, and what the editor keeps for it while it is hidden. */
export interface Host {
  readonly port: Port;
  /** What was kept last; parse it before use. */
  kept(): unknown;
  keep(state: unknown): void;
}

/** The only place that takes the editor's API, which may be taken once in a page's life. */
export function openHost(): Host {
  const api = acquireVsCodeApi();
  return {
    port: {
      post: (message) => api.postMessage(message),
      listen: (listener) => {
        const onMessage = (event: MessageEvent<unknown>): void => listener(event.data);
        window.addEventListener('message', onMessage);
        return () => window.removeEventListener('message', onMessage);
      },
    },
    kept: () => api.getState(),
    keep: (state) => api.setState(state),
  };
}

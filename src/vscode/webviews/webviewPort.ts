import type * as vscode from 'vscode';
import type { Port } from '../../shared/contract.ts';

/** The host's end of a webview. What is posted to a page that is hidden or gone is lost: pages ask anew when they load. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => {
      // A disposed webview throws at once, a hidden one resolves to false; neither is anybody's mistake.
      try {
        webview.postMessage(message).then(undefined, () => undefined);
      } catch (error) {
        if (!isDisposed(error)) throw error;
      }
    },
    listen: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => void subscription.dispose();
    },
  };
}

function isDisposed(error: unknown): boolean {
  return error instanceof Error && /disposed/iu.test(error.message);
}

import * as vscode from 'vscode';
import type { Log } from '../../core/ports.ts';
import type { Disposable, DisposableStore } from '../disposableStore.ts';
import type { EditorJobs } from '../jobs.ts';
import type { Projects } from '../ports.ts';
import type { MakeContext } from '../surroundings.ts';
import { agreeToAsk, agreeToSend } from '../teachFirst.ts';
import { openLine } from './dataLine.ts';
import { reviewOpener } from './openReview.ts';
import { EditorOutside } from './outside.ts';
import { RECORD_SCHEME, RecordFiles } from './recordFiles.ts';
import { reviewActions } from './reviewActions.ts';
import { ReviewHost } from './reviewHost.ts';
import { REVIEW_PANEL, ReviewPanel } from './reviewPanel.ts';
import { ReviewViewProvider } from './reviewView.ts';
import { reviewStrings } from './strings.ts';
import { TeacherReady } from './teacherReady.ts';

export interface ReviewParts {
  readonly extension: vscode.Uri;
  readonly projects: Projects & { known(): Promise<void> };
  readonly jobs: Pick<EditorJobs, 'onDidChange' | 'of' | 'run'>;
  readonly keys: {
    keyFor(origin: string): Promise<string | null>;
    onDidChange(listener: () => void): Disposable;
  };
  readonly makeContext: MakeContext;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What this person has agreed to on this computer. */
  readonly memory: vscode.Memento;
  readonly log: Log;
}

/** Review in its places: the view in the side bar, the panel, and items as documents. */
export function registerReview(
  store: DisposableStore,
  parts: ReviewParts,
): { readonly host: ReviewHost; readonly panel: ReviewPanel } {
  const { extension, projects, jobs, keys, log } = parts;
  const ready = store.add(
    new TeacherReady({
      environment: parts.environment,
      keyFor: (origin) => keys.keyFor(origin),
      changes: [
        (listener) => keys.onDidChange(listener),
        (listener) => projects.onDidChange(listener),
        (listener) =>
          vscode.window.onDidChangeWindowState(({ focused }) => {
            // Profiles lie outside the workspace: whoever changed them comes back to this window.
            if (focused) listener();
          }),
      ],
    }),
  );
  const outside = new EditorOutside({
    jobs,
    teacherReady: (root) => ready.of(root),
    onTeacherChange: ready.onDidChange,
  });
  const host: ReviewHost = store.add(
    new ReviewHost({
      projects,
      open: reviewOpener(parts.makeContext, jobs, {
        toSend: (root) => agreeToSend(parts, root),
        toSpend: agreeToAsk,
      }),
      actionsFor: (root) =>
        reviewActions({
          root,
          reload: () => host.reload(),
          openBadLine: async () => openBadLine(await host.peer()),
          showInPanel: (id) => host.showInPanel(id),
          strings: reviewStrings,
        }),
      outside,
      log,
    }),
  );
  const panel = store.add(new ReviewPanel(extension, host));
  store.add(
    vscode.window.registerWebviewViewProvider(
      'tailor.review',
      new ReviewViewProvider(extension, host),
    ),
  );
  store.add(vscode.window.registerWebviewPanelSerializer(REVIEW_PANEL, panel));
  const peerOf = async (root: string) =>
    projects.current?.root === root ? await host.peer() : null;
  const files = store.add(new RecordFiles({ peerOf }, () => Date.now()));
  store.add(
    vscode.workspace.registerFileSystemProvider(RECORD_SCHEME, files, { isCaseSensitive: true }),
  );
  return { host, panel };
}

async function openBadLine(peer: Awaited<ReturnType<ReviewHost['peer']>>): Promise<void> {
  const bad = peer?.badLine();
  if (!bad) return;
  const { size } = await vscode.workspace.fs.stat(vscode.Uri.file(bad.path));
  await openLine({ path: bad.path, line: bad.line - 1, bytes: size });
}

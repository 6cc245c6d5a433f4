import * as vscode from 'vscode';
import { COMMANDS } from './shared/commands.ts';
import { PROJECT_FILE } from './node/project/projectFileName.ts';
import { systemClock } from './node/storage/systemClock.ts';
import { registerCommands } from './vscode/commands.ts';
import { pythonConfirmation } from './vscode/confirmPython.ts';
import { DisposableStore } from './vscode/disposableStore.ts';
import { Reports, REPORT_SCHEME } from './vscode/documents.ts';
import type { Editor } from './vscode/editor.ts';
import { EditorJobs } from './vscode/jobs.ts';
import { once } from './vscode/once.ts';
import { OpenBoard } from './vscode/openBoard.ts';
import { WorkspaceProjects } from './vscode/projects.ts';
import { registerLanguage } from './vscode/language/register.ts';
import { joinTraining } from './vscode/reattach.ts';
import { RoundsTree } from './vscode/roundsTree.ts';
import { TeacherKeys } from './vscode/secrets.ts';
import { configuredPython } from './vscode/settings.ts';
import { Standing } from './vscode/standing.ts';
import { StatusBar } from './vscode/statusBar.ts';
import { assetsOf, contextMaker, editorLog } from './vscode/surroundings.ts';
import { registerDataset } from './vscode/dataset/register.ts';
import { registerViews } from './vscode/views.ts';

/** Ends what runs in this window; a training run is left alone. */
let atWork: EditorJobs | undefined;

/** Wires the extension. Nothing heavy is loaded and no process started before a command asks for it. */
export function activate(context: vscode.ExtensionContext): void {
  const channel = vscode.window.createOutputChannel('Tailor', { log: true });
  const keys = new TeacherKeys(context.secrets);
  const log = editorLog(channel, keys.redact);
  const store = new DisposableStore((error) => log.error(String(error)));
  context.subscriptions.push(store);
  store.add(channel);

  const assets = assetsOf(context.extensionPath);
  const makeContext = contextMaker({
    assets,
    clock: systemClock,
    log,
    environment: process.env,
    python: configuredPython,
    keyFor: keys.keyFor,
    confirmPython: pythonConfirmation(context.globalState),
  });
  const projects = store.add(
    new WorkspaceProjects(context.workspaceState, (message) => log.warn(message)),
  );
  const jobs = store.add(
    new EditorJobs({
      makeContext,
      clock: systemClock,
      stopRun: async ({ folder, runId }, now) =>
        (await import('./node/trainer/stopRun.ts')).requestStop(folder, runId, {
          clock: systemClock,
          now,
        }),
      isCurrent: (root) => projects.current?.root === root,
    }),
  );
  atWork = jobs;
  const reports = store.add(new Reports());
  store.add(vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, reports));
  const board = new OpenBoard();
  const editor: Editor = {
    projects,
    jobs,
    reports,
    board,
    keys,
    makeContext,
    assets,
    environment: process.env,
    memory: context.globalState,
    storage: context.globalStorageUri.fsPath,
    log,
  };

  const standing = store.add(new Standing(systemClock, (message) => log.warn(message)));
  const tree = store.add(new RoundsTree(projects, standing, jobs));
  store.add(vscode.window.registerTreeDataProvider('tailor.rounds', tree));
  store.add(projects.onDidChange(() => tree.refresh()));
  store.add(standing.onDidChange(() => tree.refresh()));
  store.add(jobs.onDidChange(() => tree.jobsChanged()));
  store.add(jobs.onDidEnd(() => standing.staleNow()));
  store.add(new StatusBar(jobs));
  watchFiles(store, PROJECT_FILE, () => void projects.refresh());
  watchFiles(store, '{round.json,manifest.json,decisions/*.jsonl}', () => standing.stale());

  const showLog = (): void => channel.show();
  const edge = { log, showLog };
  const join = (): void => void joinTraining(editor, systemClock, edge);
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(join));
  join();
  void projects.known();
  registerCommands(
    store,
    COMMANDS,
    once(async () => (await import('./vscode/handlers.ts')).editorHandlers(editor, showLog)),
    edge,
  );
  registerViews(
    store,
    {
      extension: context.extensionUri,
      projects,
      jobs,
      keys,
      makeContext,
      environment: process.env,
      memory: context.globalState,
      board,
      log,
    },
    edge,
  );
  const { extensionUri: extension, storageUri, globalStorageUri } = context;
  const storage = vscode.Uri.joinPath(storageUri ?? globalStorageUri, 'dataset').fsPath;
  registerDataset(store, { extension, projects, storage, log }, edge);
  registerLanguage(store, { projects, environment: process.env, clock: systemClock, log });
}

/** Waits for exams and teaching to end; what they did is on disk. */
export async function deactivate(): Promise<void> {
  atWork?.dispose();
  await atWork?.ended();
}

function watchFiles(store: DisposableStore, pattern: string, changed: () => void): void {
  const watcher = store.add(vscode.workspace.createFileSystemWatcher(`**/${pattern}`));
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
    store.add(event(changed));
  }
}

import type * as vscode from 'vscode';
import type { Log } from '../core/ports.ts';
import type { Assets } from '../node/session/session.ts';
import type { Reports } from './documents.ts';
import type { EditorJobs } from './jobs.ts';
import type { OpenBoard } from './openBoard.ts';
import type { WorkspaceProjects } from './projects.ts';
import type { TeacherKeys } from './secrets.ts';
import type { MakeContext } from './surroundings.ts';

/** What the handlers of commands work with. */
export interface Editor {
  readonly projects: WorkspaceProjects;
  readonly jobs: EditorJobs;
  readonly reports: Reports;
  readonly board: Pick<OpenBoard, 'of'>;
  readonly keys: TeacherKeys;
  readonly makeContext: MakeContext;
  readonly assets: Assets;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What this person has agreed to on this computer, in every workspace. */
  readonly memory: vscode.Memento;
  /** Where the extension may keep large things of this computer. */
  readonly storage: string;
  readonly log: Log;
}

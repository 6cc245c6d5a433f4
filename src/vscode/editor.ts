import type { Log } from '../core/ports.ts';
import type { Reports } from './documents.ts';
import type { EditorJobs } from './jobs.ts';
import type { WorkspaceProjects } from './projects.ts';
import type { MakeContext } from './surroundings.ts';

/** What the handlers of commands work with. */
export interface Editor {
  readonly projects: WorkspaceProjects;
  readonly jobs: EditorJobs;
  readonly reports: Reports;
  readonly makeContext: MakeContext;
  readonly log: Log;
}

import type { ProjectFile } from '../../core/project/projectFile.ts';
import { loadProject } from '../../node/project/loadProject.ts';

/** A set of a project's data and its file, relative to the project. */
export interface DataSet {
  readonly set: string;
  readonly path: string;
}

/** The sets that a project file names, in its order. */
export function setsIn({ data: { train, dev, extra, test } }: ProjectFile): readonly DataSet[] {
  const named = { train, dev, ...extra, ...(test === undefined ? {} : { test }) };
  return Object.entries(named).map(([set, path]) => ({ set, path }));
}

/** The sets of the project at `root`. */
export async function setsOf(root: string): Promise<readonly DataSet[]> {
  return setsIn((await loadProject(root)).file);
}

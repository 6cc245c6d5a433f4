import { dataSets, type DataSet } from '../core/project/dataSets.ts';
import { loadProject } from '../node/project/loadProject.ts';

/** The sets that the file of the project at `root` names. */
export async function namedSets(root: string): Promise<readonly DataSet[]> {
  return dataSets((await loadProject(root)).file);
}

import type { SetRole } from '../../shared/dashboardContract.ts';
import { TEST_SET } from '../round/looks.ts';
import type { ProjectFile } from './projectFile.ts';

/** A set of questions that a project file names. */
export interface DataSet {
  readonly name: string;
  readonly role: SetRole;
  /** Relative to the project. */
  readonly path: string;
}

/** A project's sets: train, dev, the extra ones, and test where there is one. */
export function dataSets({ data }: Pick<ProjectFile, 'data'>): DataSet[] {
  const { train, dev, extra, test } = data;
  return [
    { name: 'train', role: 'train', path: train },
    { name: 'dev', role: 'dev', path: dev },
    ...Object.entries(extra).map(([name, path]) => ({ name, role: 'extra' as const, path })),
    ...(test === undefined ? [] : [{ name: TEST_SET, role: 'test' as const, path: test }]),
  ];
}

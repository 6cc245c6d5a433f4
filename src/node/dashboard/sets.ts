import type { ProjectFile } from '../../core/project/projectFile.ts';
import type { SetRole } from '../../shared/dashboardContract.ts';

/** The sets of a project and how each stands to what is trained. */
export function setsOf({ data }: ProjectFile): { readonly name: string; readonly role: SetRole }[] {
  return [
    { name: 'train', role: 'train' },
    { name: 'dev', role: 'dev' },
    ...Object.keys(data.extra).map((name) => ({ name, role: 'extra' as const })),
  ];
}

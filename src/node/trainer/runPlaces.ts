import { isAbsolute, relative, resolve, sep } from 'node:path';
import { runConfigSchema, type RunConfig } from '../../core/training/run.ts';

/** Where a path of a run's own files (run.json, its records) leads: a relative one counts from the run folder. */
export function resolveRunPath(runFolder: string, path: string): string {
  return resolve(runFolder, path);
}

/** A run's configuration as its run.json says it, with every path absolute. */
export function resolveRun(runFolder: string, config: RunConfig): RunConfig {
  return withPaths(config, (path) => resolveRunPath(runFolder, path));
}

/**
 * The configuration as run.json says it. What lies inside the run's project is named from the run folder, so that the
 * file stays true when the project is moved or seen under another path; what lies elsewhere keeps its absolute path.
 */
export function writtenRun(runFolder: string, config: RunConfig): RunConfig {
  const root = projectOf(runFolder);
  if (root === null) return config;
  return withPaths(config, (path) => {
    if (within(root, path) === null) return path;
    const way = slashed(relative(runFolder, path));
    return way.startsWith('../') ? way : `./${way}`;
  });
}

/**
 * What a run.json says, with paths as a project's own files name them: from the project, those of other places
 * absolute. A file of another form comes back as it is.
 */
export function runInProject(root: string, runFolder: string, written: unknown): unknown {
  const config = runConfigSchema.safeParse(written).data;
  if (config === undefined) return written;
  return withPaths(config, (path) => {
    const absolute = resolveRunPath(runFolder, path);
    return within(root, absolute) ?? absolute;
  });
}

/** Every path of a configuration, changed. */
function withPaths(config: RunConfig, change: (path: string) => string): RunConfig {
  const { model, data, export: to, launch } = config;
  const { accelerate } = launch ?? {};
  return {
    ...config,
    model: { ...model, path: change(model.path) },
    data: { ...data, path: change(data.path) },
    export: { ...to, path: change(to.path) },
    ...(launch === undefined || accelerate === undefined
      ? {}
      : { launch: { ...launch, accelerate: change(accelerate) } }),
  };
}

/** The project of a run folder, which is `rounds/N/runs/RUN` in it; null for any other folder. */
function projectOf(runFolder: string): string | null {
  const root = resolve(runFolder, '../../../..');
  return /^rounds\/\d+\/runs\/[^/]+$/u.test(slashed(relative(root, runFolder))) ? root : null;
}

/** The way from a folder to what lies in it, with `/`; null for anything else. */
function within(folder: string, path: string): string | null {
  const way = relative(folder, path);
  return way === '' || isAbsolute(way) || way.split(sep)[0] === '..' ? null : slashed(way);
}

const slashed = (path: string): string => path.split(sep).join('/');

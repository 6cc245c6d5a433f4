import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { nodeFs, type Fs } from './fs.ts';
import { storeError, systemCode } from './storeError.ts';

const MAX_SEGMENT_BYTES = 255;
/** Devices on Windows, whatever the extension and case. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/iu;
/** Percent-encoded dot, slash, backslash or NUL: harmless here, traversal in whatever decodes it later. */
const ENCODED = /%(2e|2f|5c|00)/iu;

/** Why a single name of a path is refused, or null. */
export function badSegment(segment: string): Sentence | null {
  if (segment === '' || segment === '.' || segment === '..')
    return sentence`steps out of its folder`;
  if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(segment)) return sentence`has a control character`;
  if (Buffer.byteLength(segment, 'utf8') > MAX_SEGMENT_BYTES)
    return sentence`has a name over 255 bytes`;
  if (DEVICE.test(segment)) return sentence`names a device`;
  if (ENCODED.test(segment)) return sentence`has an encoded separator`;
  if (/[<>:"|?*\\]/u.test(segment)) return sentence`has a character that Windows refuses`;
  if (/[. ]$/u.test(segment)) return sentence`ends in a dot or a space`;
  return null;
}

export interface ResolveOptions {
  readonly fs?: Fs;
  /** Further folders in which a path may really lie: the user's configured model folders. */
  readonly alsoInside?: readonly string[];
}

/**
 * Resolves a relative path (with `/`) that came from a file or a setting to an absolute one that lies, links followed,
 * inside `root`. It need not exist yet. Anything else is `project.unsafePath`.
 */
export async function resolveInside(
  root: string,
  relativePath: string,
  options: ResolveOptions = {},
): Promise<string> {
  const fs = options.fs ?? nodeFs;
  if (relativePath === '' || isAbsolute(relativePath) || /^[A-Za-z]:/u.test(relativePath)) {
    throw unsafe(relativePath, sentence`is not a relative path inside the project`);
  }
  for (const segment of relativePath.replace(/^\.\/(?=.)|\/$/gu, '').split('/')) {
    const reason = badSegment(segment);
    if (reason !== null) throw unsafe(relativePath, reason);
  }
  try {
    const target = await realOrFuture(fs, resolve(root, relativePath), relativePath);
    const roots = await Promise.all(
      [root, ...(options.alsoInside ?? [])].map((folder) => realOrFuture(fs, folder, folder)),
    );
    if (roots.some((folder) => isInside(folder, target))) return target;
  } catch (error) {
    throw storeError(error, relativePath);
  }
  throw unsafe(relativePath, sentence`leads out of the project through a link`);
}

const WRITABLE_FOLDERS = new Set(['data', 'prompts', 'rounds', 'models', '.tailor']);

/** Files that coding assistants obey in whatever folder they lie. */
const INSTRUCTIONS = /^(agents|claude|gemini|copilot-instructions)\.md$/iu;

/**
 * The writer's allow-list: resolves a path (absolute or relative to the project) and refuses it unless it is
 * tailor.json, below data/, prompts/, rounds/, models/ or .tailor/, or the export path that a person picked.
 * Returns the real path to write to.
 */
export async function assertWritable(
  root: string,
  path: string,
  options: { readonly fs?: Fs; readonly exportPath?: string } = {},
): Promise<string> {
  const absolute = resolve(root, path);
  if (options.exportPath !== undefined && absolute === resolve(options.exportPath)) return absolute;
  const realRoot = await realOrFuture(options.fs ?? nodeFs, resolve(root), root);
  // A path that was resolved before starts with the real root, a fresh one with the root as it was opened.
  const base = isInside(realRoot, absolute) ? realRoot : resolve(root);
  const inside = relative(base, absolute).split(sep).join('/');
  const real = await resolveInside(root, inside, options);
  // Both names are checked: data/link → .git/hooks is inside the root, and still no place to write.
  for (const name of [inside, relative(realRoot, real).split(sep).join('/')]) {
    if (!isAllowed(name)) throw unsafe(path, sentence`is not a place where Tailor writes`);
  }
  return real;
}

function isAllowed(inside: string): boolean {
  if (inside === 'tailor.json') return true;
  const [first, ...rest] = inside.split('/');
  if (first === undefined || !WRITABLE_FOLDERS.has(first) || rest.length === 0) return false;
  if (inside === '.tailor/.gitignore') return true;
  return rest.every((segment) => !segment.startsWith('.') && !INSTRUCTIONS.test(segment));
}

/** The real path of what exists, plus the rest that does not yet; a link to nowhere is refused. */
async function realOrFuture(fs: Fs, path: string, asked: string): Promise<string> {
  const missing: string[] = [];
  for (let current = path; ; current = dirname(current)) {
    try {
      return join(await fs.realpath(current), ...missing);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
    if (await isLink(fs, current))
      throw unsafe(asked, sentence`is a link to a place that does not exist`);
    if (dirname(current) === current) throw unsafe(asked, sentence`has no existing parent folder`);
    missing.unshift(basename(current));
  }
}

async function isLink(fs: Fs, path: string): Promise<boolean> {
  try {
    return (await fs.lstat(path)).isSymbolicLink();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !isAbsolute(way) && way.split(sep)[0] !== '..';
}

function unsafe(path: string, reason: Sentence): AppError {
  const shown = JSON.stringify(path.slice(0, 120));
  return new AppError('project.unsafePath', sentence`The path ${shown} ${reason}.`, {
    hint: sentence`Use a plain relative path inside the project folder.`,
    detail: { path, reason: String(reason) },
  });
}

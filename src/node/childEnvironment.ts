/** What a child process may inherit: what it needs to run, and nothing that could hold a key or redirect imports. */
const EXACT = new Set([
  'PATH',
  'HOME',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'HF_HOME',
  'VIRTUAL_ENV',
  'OMP_NUM_THREADS',
  // Where the other computers of a training find this one.
  'TAILOR_ADDRESS',
  // Windows cannot start a process, find its profile or its libraries without these.
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
]);
const PREFIXES = ['LC_', 'CUDA_', 'NCCL_', 'GLOO_', 'CONDA_'];

/** Refused even when a person names them: they change what Python imports, or hold the teacher's key. */
const REFUSED = new Set(['PYTHONPATH', 'PYTHONHOME', 'PYTHONSTARTUP', 'PYTHONDONTWRITEBYTECODE']);
const SECRET_LIKE = /(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)/u;

/** Set for every child: offline, and no import from the working folder or the user's site folder. */
const FIXED = { HF_HUB_OFFLINE: '1', PYTHONSAFEPATH: '1', PYTHONNOUSERSITE: '1' } as const;

/** Whether a variable of this name can ever reach a child, given the names the person added in their own settings. */
export function mayInherit(name: string, extraNames: ReadonlySet<string> = new Set()): boolean {
  const upper = name.toUpperCase();
  if (REFUSED.has(upper) || upper in FIXED || SECRET_LIKE.test(upper)) return false;
  return (
    EXACT.has(upper) || PREFIXES.some((prefix) => upper.startsWith(prefix)) || extraNames.has(name)
  );
}

/**
 * The allow-list environment of a trainer or engine child.
 * `extraNames` comes from machine-scoped settings only, never from a project; a name that looks like a secret is
 * refused all the same.
 */
export function childEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  extraNames: readonly string[] = [],
): Record<string, string> {
  const extra = new Set(extraNames);
  const inherited = Object.entries(parent).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && mayInherit(entry[0], extra),
  );
  return { ...Object.fromEntries(inherited), ...FIXED };
}

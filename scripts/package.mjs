// npm run package: makes dist/tailor-distill-<platform>.vsix from a clean folder of what an installation needs.
// Options: npm run package -- --help
import { createHash } from 'node:crypto';
// Not by name: an older Node, which only starts a newer one here, has no globSync.
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ROOT,
  SetupError,
  ensurePackages,
  failSetup,
  say,
  underCurrentNode,
} from './environment.mjs';

const HELP = `npm run package -- [options]

Makes dist/tailor-distill-<platform>.vsix.

  --target NAME      linux-x64 (default: this machine's), linux-arm64, win32-x64, win32-arm64, darwin-arm64,
                     or universal: without onnxruntime, for platforms that have none (no exams there: review, freezing and training only)
  --repository URL   where the sources are published; the links and pictures of the marketplace page then point there
  --help             this text
`;

/** Marketplace target → folder of onnxruntime-node's binaries. There are none for Intel macOS or musl. */
const ONNX_FOLDER = {
  'linux-x64': 'linux/x64',
  'linux-arm64': 'linux/arm64',
  'win32-x64': 'win32/x64',
  'win32-arm64': 'win32/arm64',
  'darwin-arm64': 'darwin/arm64',
};

/** The allow-list of the package: what no line names stays out. */
const INSIDE = [
  'package.json',
  'package.nls.json',
  'package.nls.*.json',
  'media/l10n/*.json',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
  'THIRD-PARTY-NOTICES.txt',
  'dist/*.cjs',
  'dist/parts/*.cjs',
  'dist/webview/*.{js,css}',
  'media/*.{svg,png,css,json}',
  'media/walkthrough/*.{svg,md}',
  'media/practice/**',
  'python-bridge/launch.py',
  'python-bridge/requirements*.txt',
  'python-bridge/tailor_bridge/**/*.py',
];
const OUTSIDE = ['python-bridge/requirements-dev.txt'];
const MANIFEST_KEYS =
  'name displayName description version publisher license icon galleryBanner categories keywords pricing qna main engines activationEvents extensionKind capabilities contributes extensionDependencies l10n'.split(
    ' ',
  );

/** @typedef {keyof typeof ONNX_FOLDER | 'universal'} Target */

/** @returns {Target} this machine's */
export function hostTarget() {
  const name = `${process.platform}-${process.arch}`;
  return Object.hasOwn(ONNX_FOLDER, name) ? /** @type {Target} */ (name) : 'universal';
}

/**
 * Builds and packs; gives back the path. What did not change since the last time is not packed again.
 * @param {{ target?: Target, repository?: string | undefined }} [options] @returns {Promise<string>}
 */
export async function packageVsix({ target = hostTarget(), repository } = {}) {
  const stage = join(ROOT, '.cache', 'package', target);
  const vsix = join(ROOT, 'dist', `tailor-distill-${target}.vsix`);
  fs.mkdirSync(dirname(vsix), { recursive: true });
  const stampFile = join(ROOT, '.cache', 'package', `${target}.stamp`);
  fs.rmSync(stage, { recursive: true, force: true });
  await fillStage(stage, target, repository);
  const stamp = stampOf(stage);
  const known =
    fs.existsSync(stampFile) && fs.existsSync(vsix) ? fs.readFileSync(stampFile, 'utf8') : '';
  if (known === stamp) return vsix;
  fs.rmSync(stampFile, { force: true });
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({
    cwd: stage,
    packagePath: vsix,
    ...(target === 'universal' ? {} : { target }),
    dependencies: false,
    allowMissingRepository: true,
    ...(repository
      ? { baseContentUrl: `${repository}/blob/main`, baseImagesUrl: `${repository}/raw/main` }
      : { rewriteRelativeLinks: false }),
  });
  fs.writeFileSync(stampFile, stamp);
  return vsix;
}

/** @param {string} stage @param {Target} target @param {string | undefined} repository */
async function fillStage(stage, target, repository) {
  const { buildAll } = await import('../esbuild.mjs');
  await buildAll({ folder: join(stage, 'dist'), production: true });
  const copy = (/** @type {string} */ from, /** @type {string} */ to = from) => {
    fs.mkdirSync(dirname(join(stage, to)), { recursive: true });
    fs.cpSync(join(ROOT, from), join(stage, to), { recursive: true, dereference: true });
  };
  const taken = INSIDE.filter((pattern) =>
    /^(package\.nls|media|python-bridge|[CLS])/u.test(pattern),
  );
  for (const file of fs.globSync(taken, { cwd: ROOT })) {
    if (!OUTSIDE.includes(file) && fs.statSync(join(ROOT, file)).isFile()) copy(file);
  }
  copy('docs/marketplace.md', 'README.md');

  const manifest = JSON.parse(fs.readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const kept = Object.fromEntries(
    MANIFEST_KEYS.filter((key) => key in manifest).map((key) => [key, manifest[key]]),
  );
  kept['engines'] = { vscode: manifest.engines.vscode };
  if (repository) kept['repository'] = { type: 'git', url: repository };
  fs.writeFileSync(join(stage, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`);

  // The one native package: found by Node beside the bundle that loads it.
  /** @type {string[]} */
  const native = [];
  if (target !== 'universal') {
    const onnx = 'node_modules/onnxruntime-node';
    native.push(
      `${onnx}/package.json`,
      `${onnx}/dist/**/*.js`,
      `${onnx}/bin/*/${ONNX_FOLDER[target]}/*`,
      'node_modules/onnxruntime-common/package.json',
      // package.json among them: it says that this folder is CommonJS.
      'node_modules/onnxruntime-common/dist/cjs/**/*.{js,json}',
    );
    for (const file of fs.globSync(native, { cwd: ROOT })) copy(file, join('dist', file));
  }
  fs.writeFileSync(
    join(stage, '.vscodeignore'),
    [
      '**',
      ...[...INSIDE, ...native.map((line) => `dist/${line}`)].map((line) => `!${line}`),
      '',
    ].join('\n'),
  );
  fs.writeFileSync(
    join(stage, 'THIRD-PARTY-NOTICES.txt'),
    notices([
      ...fs
        .globSync('dist/*.meta.json', { cwd: stage })
        .flatMap((file) =>
          Object.keys(JSON.parse(fs.readFileSync(join(stage, file), 'utf8')).inputs),
        ),
      ...(native.length > 0
        ? ['node_modules/onnxruntime-node/', 'node_modules/onnxruntime-common/']
        : []),
    ]),
  );
}

/** The licences of the packages that the bundles hold. @param {string[]} inputs */
function notices(inputs) {
  const names = new Set(
    inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(input)?.[1] ?? []),
  );
  const parts = [...names].sort().map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const { version, license } = JSON.parse(fs.readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/iu.test(entry));
    const text = file ? fs.readFileSync(join(folder, file), 'utf8').trim() : '';
    return `${name} ${version} (${license})\n\n${text}`;
  });
  return `Tailor contains these packages.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** @param {string} folder */
function stampOf(folder) {
  const hash = createHash('sha256');
  const files = fs.globSync('**', { cwd: folder, exclude: (name) => name === '.git' }).sort();
  for (const file of [...files, '.vscodeignore']) {
    const path = join(folder, file);
    if (fs.statSync(path).isFile()) hash.update(file).update('\0').update(fs.readFileSync(path));
  }
  return hash.digest('hex');
}

async function main() {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: hostTarget() },
      repository: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const target = values.target;
  if (target !== 'universal' && !Object.hasOwn(ONNX_FOLDER, target)) {
    throw new SetupError(
      `There is no package for ${target}.`,
      `One of: ${[...Object.keys(ONNX_FOLDER), 'universal'].join(', ')}`,
    );
  }
  await underCurrentNode(join(ROOT, 'scripts', 'package.mjs'));
  await ensurePackages();
  const path = await packageVsix({
    target: /** @type {Target} */ (target),
    repository: values.repository,
  });
  say(`${join('dist', basename(path))}: ${(fs.statSync(path).size / 2 ** 20).toFixed(1)} MB`);
  return 0;
}

if (process.argv[1]?.endsWith('package.mjs')) process.exitCode = await main().catch(failSetup);

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXPORT_FORMATS, EXPORT_NAMES } from '../../src/core/exporting/formats.ts';
import { exportSet } from '../../src/node/commands/exportSet.ts';
import { sha256Text } from '../../src/core/hash.ts';
import { commandContext } from '../fakes/commandContext.ts';
import { reportProject } from '../fakes/reportProject.ts';
import { untilFreeze } from '../fakes/untilFreeze.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { ROOT } from '../unit/guards/repositoryFiles.ts';
import { TRAINERS_PYTHON, environmentWith } from './ownEnvironment.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 1_800_000;

const PACKAGES = [
  ['trl==1.16.0', 'datasets==5.2.0'],
  ['--no-deps', 'llamafactory==0.9.5'],
  ['av', 'fire', 'einops', 'tiktoken', 'sentencepiece', 'omegaconf'],
];

const rows = z.object({ rows: z.number() });
const trained = rows.extend({ loss: z.number(), columns: z.array(z.string()) });
const aligned = rows.extend({ roles: z.array(z.string()), answers: z.number() });
const loadedSchema = z.object({
  failures: z.record(z.string(), z.string()),
  found: z.object({
    'trl-sft': trained,
    'trl-messages': trained,
    'trl-preference': trained,
    'trl-preference-implicit': trained,
    openai: trained,
    conversational: z.array(z.boolean()),
    'trl-stepwise': rows.extend({ features: z.record(z.string(), z.string()), even: z.boolean() }),
    alpaca: aligned,
    sharegpt: aligned,
    'alpaca-preference': aligned,
    'sharegpt-preference': aligned,
    csv: rows.extend({ columns: z.array(z.string()) }),
  }),
});

async function exportedFiles(): Promise<{ folder: string; counts: Map<string, number> }> {
  const made = await reportProject({ rounds: 1 });
  await untilFreeze(made.ports);
  for (const { questionId, sample, fingerprint, text } of await made.store.attempts(0, 'train')) {
    const about = { questionId, sample, fingerprint, textHash: sha256Text(text) };
    const author = { kind: 'person', name: 'ana' } as const;
    const mark = {
      type: 'first-error',
      author,
      ...about,
      step: 1,
      errorKind: 'arithmetic',
    } as const;
    await made.store.decide(0, [mark]);
  }
  await made.run();
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  const counts = new Map<string, number>();
  for (const format of EXPORT_NAMES) {
    const out = join(folder, `${format}.${EXPORT_FORMATS[format].layout}`);
    const { json } = await exportSet(commandContext(made.root), { format, out });
    counts.set(format, z.object({ records: z.number() }).parse(json).records);
  }
  return { folder, counts };
}

describe.skipIf(!existsSync(TRAINERS_PYTHON))('exports in the programs they are for', () => {
  it(
    'are read, and trained on for a step, by TRL; found and aligned by LLaMA-Factory; read by pandas',
    async () => {
      const python = await environmentWith('exports-venv', PACKAGES);
      const { folder, counts } = await exportedFiles();
      const script = join(ROOT, 'test', 'soak', 'loadExports.py');
      const student = join(ROOT, 'media', 'practice', 'student');
      const { stdout } = await run(python, [script, folder, student], {
        maxBuffer: 64 * 1024 * 1024,
      });
      const printed: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
      expect(z.object({ failures: z.unknown() }).parse(printed).failures).toEqual({});
      const { found } = loadedSchema.parse(printed);
      const { conversational, ...formats } = found;
      expect(conversational).toEqual([false, true]);
      for (const [format, { rows: read }] of Object.entries(formats)) {
        expect(read, format).toBe(counts.get(format));
        expect(read, format).toBeGreaterThan(0);
      }
      expect(found['trl-stepwise'].even).toBe(true);
      expect(Object.keys(found['trl-stepwise'].features).sort()).toEqual([
        'completions',
        'labels',
        'prompt',
      ]);
      for (const format of ['alpaca', 'sharegpt'] as const) {
        expect(found[format]).toMatchObject({ roles: ['user'], answers: 1 });
        expect(found[`${format}-preference`]).toMatchObject({ roles: ['user'], answers: 2 });
      }
      console.log(JSON.stringify(found));
    },
    TIMEOUT_MS,
  );
});

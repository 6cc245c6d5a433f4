import { describe, expect, it } from 'vitest';
import { serveCommands } from '../../../../src/core/exam/serveCommands.ts';
import {
  servedEngine,
  serverSeed,
  TextStop,
  type ServedForm,
} from '../../../../src/core/exam/served.ts';

function stopped(pieces: readonly string[], reason: string | null, atAnswerLine = true) {
  const stop = new TextStop(atAnswerLine);
  for (const piece of pieces) if (stop.add(piece)) break;
  return stop.finish(reason);
}

/** Pieces of every length from 1 to 7, again and again. */
function cut(text: string, seed: number): string[] {
  const pieces: string[] = [];
  for (let at = 0, step = seed; at < text.length; step = (step * 5 + 3) % 7) {
    pieces.push(text.slice(at, at + step + 1));
    at += step + 1;
  }
  return pieces;
}

describe('the stop rules on a text that arrives in pieces', () => {
  const ANSWERED = ' 2 + 3 = 5.\nAnswer: 5\nQuestion: more';
  const LOOPED = ` It is so.${' and then it is the same thing again'.repeat(9)}`;

  it.each([
    ['answer line', ANSWERED, { text: ' 2 + 3 = 5.\nAnswer: 5\n', finish: 'stop' }],
    ['an answer line without its end', ' 5\nAnswer: 5', { text: ' 5\nAnswer: 5', finish: 'eos' }],
    ['an empty answer line', '\nAnswer: \nx', { text: '\nAnswer: \nx', finish: 'eos' }],
  ])('ends at %s wherever the pieces are cut', (_, text, expected) => {
    for (let seed = 0; seed < 7; seed += 1) {
      expect(stopped(cut(text, seed), 'stop')).toEqual(expected);
    }
    expect(stopped([text], 'stop')).toEqual(expected);
  });

  it('goes past answer lines where the project does not stop there', () => {
    expect(stopped([ANSWERED], 'stop', false)).toEqual({ text: ANSWERED, finish: 'eos' });
  });

  it('ends a loop at the same place wherever the pieces are cut, and lets four different lines be', () => {
    const whole = stopped([LOOPED], 'length');
    expect(whole?.finish).toBe('loop');
    // The fourth time that the same 32 characters have come, counted plainly.
    expect(whole?.text).toBe(LOOPED.slice(0, firstLoopEnd()));
    for (let seed = 0; seed < 7; seed += 1) {
      expect(stopped(cut(LOOPED, seed), 'length')).toEqual(whole);
    }
    const lines = '1 + 1 = 2.\n2 + 2 = 4.\n3 + 3 = 6.\n4 + 4 = 8.\n5 + 5 = 10.\n';
    expect(stopped([lines], 'stop')?.finish).toBe('eos');

    function firstLoopEnd(): number {
      for (let end = 32; ; end += 1) {
        const gram = LOOPED.slice(end - 32, end);
        let times = 0;
        for (let at = 0; at + 32 <= end; at += 1) if (LOOPED.startsWith(gram, at)) times += 1;
        if (times === 4) return end;
      }
    }
  });

  it('has no end where the server gives none', () => {
    expect(stopped([' half of it'], null)).toBeNull();
    expect(stopped([' half of it'], 'content_filter')).toBeNull();
    expect(stopped([' half'], 'length')).toEqual({ text: ' half', finish: 'length' });
  });
});

describe('seeds of servers', () => {
  it('differ by seed, question and sample, stay the same, and fit into 31 bits', () => {
    const seeds = [0, 1, 2, 3].flatMap((sample) =>
      ['q1', 'q2'].flatMap((id) =>
        ['1/0/train', '1/1/train'].map((of) => serverSeed(of, id, [sample])),
      ),
    );
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds) expect(seed).toBeLessThan(2 ** 31);
    for (const seed of seeds) expect(seed).toBeGreaterThanOrEqual(0);
    expect(serverSeed('1/0/train', 'q1', [0])).toBe(seeds[0]);
  });
});

describe('the name of a served student in fingerprints', () => {
  const form: ServedForm = {
    kind: 'vllm',
    api: 'completions',
    model: 'student',
    precision: 'bfloat16',
    samples: 'each',
    seed: true,
    topK: true,
  };

  it('changes with everything that texts depend on', () => {
    const others: Partial<ServedForm>[] = [
      { kind: 'ollama' },
      { api: 'chat' },
      { model: 'other' },
      { precision: 'quantised' },
      { samples: 'together' },
      { seed: false },
      { topK: false },
    ];
    const names = [form, ...others.map((other) => ({ ...form, ...other }))].map(servedEngine);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the commands that serve a student', () => {
  const what = {
    model: 'student',
    precision: 'bfloat16',
    folder: '/home/me/my project/models/round-1',
    host: '127.0.0.1',
    port: 8000,
    topK: 50,
  } as const;

  it('quote what a shell would take apart', () => {
    expect(serveCommands({ ...what, kind: 'vllm' })).toEqual([
      "vllm serve '/home/me/my project/models/round-1' --served-model-name student --host 127.0.0.1 --port 8000",
    ]);
    const [evil = ''] = serveCommands({ ...what, kind: 'vllm', model: "a'; rm -rf /" });
    expect(evil).toContain(`--served-model-name 'a'\\''; rm -rf /'`);
  });

  it('convert for llama.cpp, and put no chat around the prompt of Ollama', () => {
    const [convert = '', serve = ''] = serveCommands({ ...what, kind: 'llama.cpp', folder: '/m' });
    expect(convert).toBe(
      'python convert_hf_to_gguf.py /m --outfile /m/student-bf16.gguf --outtype bf16',
    );
    expect(serve).toBe(
      'llama-server -m /m/student-bf16.gguf --alias student --host 127.0.0.1 --port 8000',
    );
    const ollama = serveCommands({ ...what, kind: 'ollama', folder: '/m' });
    expect(ollama[0]).toBe(
      `printf '%s\\n' 'FROM /m' 'TEMPLATE "{{ .Prompt }}"' 'PARAMETER repeat_penalty 1' 'PARAMETER top_k 50' > /m/Modelfile`,
    );
    expect(ollama[1]).toContain('ollama create student -f /m/Modelfile');
    expect(serveCommands({ ...what, kind: 'other' })).toEqual([]);
  });
});

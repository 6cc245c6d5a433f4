import { CascadeModel } from '../../src/engine/cascadeModel.ts';
import type { Candidates } from '../../src/engine/examModel.ts';
import { drawKey, Sampler, uniform } from '../../src/engine/sampler.ts';
import { readStudentFolder, readTokenizer } from '../../src/engine/studentFolder.ts';
import type { Answer, Asked } from '../fakes/studentServer.ts';

/** A real student behind a test server: the native engine, one request after the other, with whole log-probabilities. */
export async function servedByEngine(folder: string): Promise<(asked: Asked) => Promise<Answer>> {
  const student = await readStudentFolder(folder);
  const tokenizer = await readTokenizer(folder, student);
  const model = await CascadeModel.load(student.config, student.weights, {
    candidates: student.config.vocab,
    head: [],
    threads: 1,
  });
  const eos = new Set(student.eosIds);
  const complete = async (asked: Asked): Promise<Answer> => {
    const { prompt, maxTokens, temperature, topK, topP, seed, index } = asked;
    const sampler = new Sampler({ temperature, topK: Math.min(64, topK), topP });
    const key = drawKey(String(seed), prompt, index);
    model.resize(1, []);
    let top = await model.prefill([tokenizer.encodeWhole(prompt)]);
    model.place(0, 0);
    const ids: number[] = [];
    const logprobs: number[] = [];
    let reason = 'length';
    while (ids.length < maxTokens) {
      const at = sampler.pick(top, 0, uniform(key, ids.length));
      const id = top.ids[at]!;
      if (eos.has(id)) {
        reason = 'stop';
        break;
      }
      logprobs.push(top.values[at]! - logSum(top));
      ids.push(id);
      top = await model.decode(Int32Array.of(id));
    }
    model.clear(0);
    let before = '';
    const tokens = ids.map((id, at) => {
      const text = tokenizer.bytes.text(ids.slice(0, at + 1));
      const piece = text.slice(before.length);
      before = text;
      return { text: piece, logprob: logprobs[at]!, id };
    });
    return { tokens, reason };
  };
  let last: Promise<unknown> = Promise.resolve();
  return (asked) => {
    const next = last.then(() => complete(asked));
    last = next.catch(() => undefined);
    return next;
  };
}

function logSum({ values, width }: Candidates): number {
  const largest = values[0]!;
  let total = 0;
  for (let at = 0; at < width; at += 1) total += Math.exp(values[at]! - largest);
  return largest + Math.log(total);
}

import { shellWord } from '../shellWord.ts';
import type { ServedForm } from './served.ts';

/** A student's folder and the server that is to answer for it. */
export interface ServeWhat {
  readonly kind: ServedForm['kind'];
  readonly model: string;
  readonly precision: ServedForm['precision'];
  /** Absolute path of the student's Hugging Face folder. */
  readonly folder: string;
  /** Where the profile expects the server. */
  readonly host: string;
  readonly port: number;
  /** `exam.sampling.topK` of the project. */
  readonly topK: number;
}

const word = (text: string): string => shellWord(text, { windows: false });

/**
 * The lines a person types on the server's computer to serve a student's folder under the profile's name. They are text
 * to be copied: Tailor starts no server.
 */
export function serveCommands(what: ServeWhat): readonly string[] {
  const folder = word(what.folder);
  const model = word(what.model);
  const at = `--host ${word(what.host)} --port ${what.port}`;
  switch (what.kind) {
    case 'vllm': {
      const dtype = what.precision === 'float32' ? ' --dtype float32' : '';
      return [`vllm serve ${folder} --served-model-name ${model} ${at}${dtype}`];
    }
    case 'llama.cpp': {
      const type = { float32: 'f32', bfloat16: 'bf16', quantised: 'q8_0' }[what.precision];
      const file = word(`${what.folder}/student-${type}.gguf`);
      return [
        `python convert_hf_to_gguf.py ${folder} --outfile ${file} --outtype ${type}`,
        `llama-server -m ${file} --alias ${model} ${at}`,
      ];
    }
    case 'ollama': {
      // Without a template of its own Ollama would put a chat around what is asked; it punishes words that repeat; and
      // it takes no top_k from a request of this interface, but has one of its own.
      const file = word(`${what.folder}/Modelfile`);
      const lines = [
        `FROM ${what.folder}`,
        'TEMPLATE "{{ .Prompt }}"',
        'PARAMETER repeat_penalty 1',
        `PARAMETER top_k ${what.topK}`,
      ];
      const quantised = what.precision === 'quantised' ? ' --quantize q8_0' : '';
      const host = `OLLAMA_HOST=${word(`${what.host}:${what.port}`)}`;
      return [
        `printf '%s\\n' ${lines.map(word).join(' ')} > ${file}`,
        `${host} ollama create ${model} -f ${file}${quantised}`,
      ];
    }
    case 'other':
      return [];
  }
}

import { Tokenizer } from '@huggingface/tokenizers';
import * as z from 'zod';
import { AppError } from '../core/errors.ts';
import type { ChatFrame } from '../core/exam/chatFrame.ts';
import { sentence } from '../core/sentence.ts';
import { readJson, requireJson } from './studentFiles.ts';
import { TokenBytes, type Spelling } from './tokenBytes.ts';

const id = z.number().int().min(0);
const tokenizerSchema = z.looseObject({
  model: z.looseObject({ type: z.literal('BPE'), vocab: z.record(z.string(), id) }),
  added_tokens: z
    .array(z.looseObject({ id, content: z.string(), special: z.boolean().nullish() }))
    .nullish(),
  decoder: z.looseObject({ type: z.string() }).nullish(),
});

/**
 * Texts that may follow a head. Tokens of the head that are the same before all of them do not depend on what follows,
 * so the cut between head and prompt follows from the head alone.
 */
const CONTINUATIONS = ['Q', ' a', '1', '\n', '"', '\n\nx'];

/**
 * A student's tokenizer. Texts are plain: a special token written inside one (an end-of-turn in a question) is split into
 * ordinary pieces, as the trainer does, so that no text can forge the end of a turn.
 */
export class StudentTokenizer {
  readonly bytes: TokenBytes;
  /** Ids that the tokenizer itself puts before a text: one begin-of-sequence id or none. */
  readonly bos: readonly number[];
  /** Knows no special tokens. */
  private readonly plain: Tokenizer;

  static async load(folder: string): Promise<StudentTokenizer> {
    const json = await requireJson(folder, 'tokenizer.json');
    const config = (await readJson(folder, 'tokenizer_config.json')) ?? {};
    const parsed = tokenizerSchema.safeParse(json);
    if (!parsed.success || typeof config !== 'object') {
      throw new AppError(
        'student.unsupported',
        sentence`The student’s tokenizer is not a BPE tokenizer.json.`,
        {
          hint: sentence`Save it as a fast tokenizer with transformers, or serve this student and use it as a served student.`,
          detail: { folder, file: 'tokenizer.json' },
        },
      );
    }
    const { model, added_tokens: added, decoder } = parsed.data;
    const bytes = new TokenBytes({
      spelling: spellingOf(decoder, model['byte_fallback'] === true),
      vocab: model.vocab,
      added: added ?? [],
    });
    try {
      const ordinary = (added ?? []).filter(({ special }) => special !== true);
      const plain = new Tokenizer({ ...parsed.data, added_tokens: ordinary }, config);
      return new StudentTokenizer(plain, ownPrefix(new Tokenizer(parsed.data, config)), bytes);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError(
        'student.unsupported',
        sentence`The student’s tokenizer uses a part that is not built.`,
        {
          hint: sentence`Serve this student with an OpenAI-compatible server and choose it as a served student.`,
          cause,
          detail: { folder, file: 'tokenizer.json' },
        },
      );
    }
  }

  private constructor(plain: Tokenizer, bos: readonly number[], bytes: TokenBytes) {
    this.plain = plain;
    this.bos = bos;
    this.bytes = bytes;
  }

  /** Ids of a plain text, nothing added. */
  encode(text: string): number[] {
    return this.plain.encode(text, { add_special_tokens: false }).ids;
  }

  /** Ids of a text as the tokenizer gives them to a model: with its own begin-of-sequence id, where it has one. */
  encodeWhole(text: string): number[] {
    return [...this.bos, ...this.encode(text)];
  }

  /** Ids of a prompt without what follows it: after the template's own ids, or the tokenizer's. */
  private begun(text: string, chat: ChatFrame | undefined): number[] {
    return [...(chat?.prefixIds ?? this.bos), ...this.encode(text)];
  }

  /** Ids of a whole prompt, as a student is asked it. */
  wholePrompt(text: string, chat?: ChatFrame): number[] {
    return [...this.begun(text, chat), ...(chat?.suffixIds ?? [])];
  }

  /** The head's ids as far as no continuation can change them. */
  headIds(head: string, chat?: ChatFrame): number[] {
    if (head === '') return [...(chat?.prefixIds ?? [])];
    const [first = [], ...others] = CONTINUATIONS.map((next) => this.begun(head + next, chat));
    let common = first.length;
    for (const ids of others) {
      let same = 0;
      while (same < common && ids[same] === first[same]) same++;
      common = same;
    }
    return first.slice(0, common);
  }

  /** The ids after `headIds`, such that both together are exactly the ids of head + prompt. */
  promptIds(head: string, headIds: readonly number[], prompt: string, chat?: ChatFrame): number[] {
    const whole = this.begun(head + prompt, chat);
    if (headIds.some((token, i) => whole[i] !== token) || whole.length <= headIds.length) {
      throw new AppError(
        'usage',
        sentence`A prompt changes the tokens of the fixed head before it.`,
        {
          hint: sentence`End the head with a newline, and let no prompt be empty.`,
          detail: { prompt: prompt.slice(0, 200) },
        },
      );
    }
    return [...whole.slice(headIds.length), ...(chat?.suffixIds ?? [])];
  }

  /** Refuses a template whose ids say something else in this tokenizer: it was rendered for another student. */
  requireFrame({ prefix, suffix, end, prefixIds, suffixIds, endId }: ChatFrame): void {
    const parts = [
      ['prefix', prefix, prefixIds],
      ['suffix', suffix, suffixIds],
      ['end', end, [endId]],
    ] as const;
    for (const [part, text, ids] of parts) {
      if (sameText(this.bytes.text(ids), text)) continue;
      throw new AppError(
        'student.invalid',
        sentence`The chat template in tailor.json was rendered for another student: its ${part} is no text of this one’s tokenizer.`,
        {
          hint: sentence`Run tailor choose --chat template again, or --chat plain.`,
          detail: { part, expected: text, found: this.bytes.text(ids).slice(0, 200) },
        },
      );
    }
  }
}

/** SentencePiece spells the space that it puts before a text. */
function sameText(found: string, expected: string): boolean {
  return found === expected || (found.startsWith(' ') && found.slice(1) === expected);
}

/** Ids that a tokenizer puts before a text by itself. */
function ownPrefix(tokenizer: Tokenizer): number[] {
  const probe = 'a';
  const plain = tokenizer.encode(probe, { add_special_tokens: false }).ids;
  const whole = tokenizer.encode(probe, { add_special_tokens: true }).ids;
  for (let before = 0; before + plain.length <= whole.length; before++) {
    if (plain.every((token, i) => whole[before + i] === token)) return whole.slice(0, before);
  }
  return [];
}

function spellingOf(
  decoder: z.infer<typeof tokenizerSchema>['decoder'],
  fallback: boolean,
): Spelling {
  const names = JSON.stringify(decoder ?? {});
  if (names.includes('"ByteLevel"')) return 'byte-level';
  if (fallback || names.includes('"ByteFallback"') || names.includes('▁')) return 'sentencepiece';
  throw new AppError(
    'student.unsupported',
    sentence`The student’s tokenizer spells its bytes in an unknown way.`,
    {
      hint: sentence`Serve this student with an OpenAI-compatible server and choose it as a served student.`,
      detail: { file: 'tokenizer.json' },
    },
  );
}

import { figures } from '../../core/figures.ts';
import { sentence, type Sentence, type Text } from '../../core/sentence.ts';
import { costOf, type Prices } from '../../core/teaching/prices.ts';
import type { ProbeFindings, Tried } from '../teacher/capabilities.ts';
import type { Dialect } from '../teacher/dialect.ts';
import { isListed } from '../teacher/modelList.ts';
import type { Probed } from '../teacher/probe.ts';

interface Finding {
  readonly what: Text;
  readonly ok: boolean;
  readonly says: Text;
}

const TRIED: Readonly<Record<Tried, Sentence>> = {
  taken: sentence`taken`,
  ignored: sentence`ignored`,
  refused: sentence`refused`,
  unknown: sentence`cannot be told`,
};

const JSON_FORMS: Readonly<Record<Dialect['json'], Sentence>> = {
  json_schema: sentence`held to a schema`,
  json_object: sentence`held to some JSON`,
  none: sentence`by words alone`,
};

/** Counts further apart than this, in either direction, are not two ways of cutting one text. */
const FACTOR = 2;

/** The model as the server names it in its replies, and whether it stands in the server's list. */
export function aboutModel(
  model: string,
  responseModel: string | null,
  models: readonly string[] | null,
  clean: (words: string) => string,
): Finding {
  const what = sentence`model`;
  const named = responseModel ?? sentence`${model} (the server does not say)`;
  if (models === null) {
    return { what, ok: true, says: sentence`${named}; the server has no list` };
  }
  if (isListed(model, models)) return { what, ok: true, says: sentence`${named}; listed` };
  const some = models
    .slice(0, 5)
    .map((id) => clean(id))
    .join(', ');
  return {
    what,
    ok: false,
    says: sentence`${named}; it answers, but ${model} is not in the server’s list: ${some}`,
  };
}

/** Whether the tokens that a server tells can be those of the text that it was given. */
function aboutCounting(counted: ProbeFindings['counted']): Finding {
  const what = sentence`token count`;
  if (!counted) return { what, ok: true, says: TRIED.unknown };
  const { told, guessed } = counted;
  const ok = told <= guessed * FACTOR && told * FACTOR >= guessed;
  return {
    what,
    ok,
    says: ok
      ? sentence`${told} for a text of about ${guessed}`
      : sentence`${told} for a text of about ${guessed}: it may cut prompts or count otherwise, so costs and limits may be wrong`,
  };
}

/** What a probe found out of a server, a line each; marked is what changes how the teacher can be asked. */
export function aboutDialect(dialect: Dialect, found: ProbeFindings): Finding[] {
  const { max_tokens: plain, max_completion_tokens: completion } = found;
  const taken = (is: boolean): Sentence => (is ? TRIED.taken : TRIED.refused);
  const told = (is: boolean): Sentence => (is ? sentence`told` : sentence`not told`);
  return [
    {
      what: sentence`length limit`,
      ok: plain === 'taken' || completion === 'taken',
      says: sentence`max_tokens ${TRIED[plain]}, max_completion_tokens ${TRIED[completion]}: ${dialect.tokenLimitField} is used`,
    },
    {
      what: sentence`temperature`,
      ok: dialect.temperature,
      says: dialect.temperature ? TRIED.taken : sentence`refused: the server’s own is used`,
    },
    { what: 'seed', ok: true, says: taken(dialect.seed) },
    { what: 'n', ok: true, says: TRIED[found.n] },
    { what: 'stop', ok: true, says: TRIED[found.stop] },
    { what: 'JSON', ok: true, says: JSON_FORMS[dialect.json] },
    aboutCounting(found.counted),
    { what: sentence`cached tokens`, ok: true, says: told(found.cachedTokens) },
    { what: sentence`rate limit`, ok: true, says: told(found.rateHeaders) },
    {
      what: sentence`thoughts`,
      ok: true,
      says: found.reasoning ? sentence`in a field of their own` : sentence`none seen`,
    },
  ];
}

/** What the probe itself took. */
export function costOfTest({ spent }: Probed, prices: Prices | undefined): Sentence {
  const { requests, promptTokens, completionTokens } = spent;
  const tokens = sentence`${requests} calls, ${promptTokens} + ${completionTokens} tokens`;
  if (prices === undefined) return tokens;
  return sentence`${tokens}, ${figures(`${costOf(spent, prices).toFixed(4)} ${prices.currency}`)}`;
}

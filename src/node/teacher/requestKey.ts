import { sha256Json } from '../../core/hash.ts';
import type { TeacherRequest } from '../../core/teaching/teacher.ts';

/** Who answers, as far as the answer depends on it. The built-in teacher's port changes, its words do not. */
export type EndpointIdentity =
  | { readonly kind: 'remote'; readonly origin: string; readonly path: string }
  | {
      readonly kind: 'programmatic';
      readonly name: string;
      readonly version: string;
      readonly dataHash: string;
    };

export interface SamplingParameters {
  readonly model: string;
  readonly topP: number;
}

/**
 * The cache key: everything the reply depends on and nothing else. Not in it: key, deadlines, retries, concurrency,
 * and the template's name, which the messages already show.
 */
export function requestKey(
  endpoint: EndpointIdentity,
  { model, topP }: SamplingParameters,
  request: TeacherRequest,
): string {
  return sha256Json({
    v: 1,
    api: 'chat.completions',
    endpoint,
    model,
    messages: request.messages,
    temperature: request.temperature,
    topP,
    maxTokens: request.maxTokens,
    seed: request.draw,
    form: request.form ?? 'sections',
    draw: request.draw,
  });
}

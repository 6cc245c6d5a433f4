import * as z from 'zod';

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });

const messageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(textPart).max(1000)]),
});

/** What is read of a chat request; unknown fields are ignored as other servers do. `null` means absent. */
export const chatRequestSchema = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z.array(messageSchema).min(1).max(10_000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.number().int().min(1).max(8).nullish(),
  seed: z.number().int().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  response_format: z
    .looseObject({ type: z.enum(['text', 'json_object', 'json_schema']) })
    .nullish(),
  tools: z.array(z.unknown()).max(0, { message: 'this server has no tools' }).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

export function textOf(message: ChatRequest['messages'][number]): string {
  const { content } = message;
  return typeof content === 'string' ? content : content.map((part) => part.text).join('');
}

/** The last user message, or '' when there is none. */
export function lastUserText(request: ChatRequest): string {
  const message = request.messages.findLast((one) => one.role === 'user');
  return message ? textOf(message) : '';
}

/** One text for the whole prompt: what tokens are counted over. */
export function promptText(request: ChatRequest): string {
  return request.messages.map((message) => `${message.role}\n${textOf(message)}\n`).join('');
}

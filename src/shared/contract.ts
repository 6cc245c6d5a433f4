import * as z from 'zod/mini';

/**
 * One side of a message channel: a webview, the page inside it, a child process, or half of a pair in a test.
 * `post` never throws for a listener that is gone.
 */
export interface Port {
  post(message: unknown): void;
  /** Returns the way to stop listening. */
  listen(listener: (message: unknown) => void): () => void;
}

export interface RequestShape {
  readonly params: z.ZodMiniType;
  readonly result: z.ZodMiniType;
}

/** What two sides may say to each other. Events are complete snapshots, never deltas. */
export interface Contract {
  readonly requests: Readonly<Record<string, RequestShape>>;
  readonly events: Readonly<Record<string, z.ZodMiniType>>;
}

export function defineContract<const C extends Contract>(contract: C): C {
  return contract;
}

export type RequestName<C extends Contract> = keyof C['requests'] & string;
export type EventName<C extends Contract> = keyof C['events'] & string;
export type Params<C extends Contract, K extends RequestName<C>> = z.infer<
  C['requests'][K]['params']
>;
export type Result<C extends Contract, K extends RequestName<C>> = z.infer<
  C['requests'][K]['result']
>;
export type Payload<C extends Contract, K extends EventName<C>> = z.infer<C['events'][K]>;

/** The serving side: one handler for each request; the signal aborts when the asker gave up or the channel ended. */
export type Handlers<C extends Contract> = {
  readonly [K in RequestName<C>]: (
    params: Params<C, K>,
    signal: AbortSignalLike,
  ) => Promise<Result<C, K>> | Result<C, K>;
};

/** The members of the platform's AbortSignal that both sides have (shared code compiles without DOM and Node). */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A failure as it crosses the channel: a code and a sentence, never a stack. */
export const wireErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.optional(z.string()),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/** What the asking side's promise is rejected with. */
export class ChannelError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ code, message, hint }: WireError) {
    super(message);
    this.name = 'ChannelError';
    this.code = code;
    this.hint = hint;
  }
}

export const envelopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('request'), id: z.int(), method: z.string(), params: z.unknown() }),
  z.object({ kind: z.literal('cancel'), id: z.int() }),
  z.object({ kind: z.literal('ok'), id: z.int(), result: z.unknown() }),
  z.object({ kind: z.literal('error'), id: z.int(), error: wireErrorSchema }),
  z.object({ kind: z.literal('event'), name: z.string(), payload: z.unknown() }),
]);
export type Envelope = z.infer<typeof envelopeSchema>;

export interface Server<C extends Contract> {
  emit<K extends EventName<C>>(name: K, payload: Payload<C, K>): void;
  dispose(): void;
}

export interface Client<C extends Contract> {
  request<K extends RequestName<C>>(
    method: K,
    params: Params<C, K>,
    signal?: AbortSignalLike,
  ): Promise<Result<C, K>>;
  on<K extends EventName<C>>(name: K, listener: (payload: Payload<C, K>) => void): () => void;
  /** Rejects everything that waits with the code DISPOSED. */
  dispose(): void;
}

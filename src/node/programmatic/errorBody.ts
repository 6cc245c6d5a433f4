const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_credits',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

/** An error in the shape that OpenAI-compatible clients read. */
export function errorBody(
  status: number,
  message: string,
  code: string | null = null,
  param: string | null = null,
): { readonly error: Record<string, unknown> } {
  const type = TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { error: { message, type, param, code } };
}

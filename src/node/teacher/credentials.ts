/** Names of headers that carry a credential, whatever its value looks like. */
const NAMES = /key|token|secret|auth|credential|pass|session|signature|jwt|cookie/iu;

const SCHEME = /^(?:bearer|basic|token|apikey|api-key)\s+/iu;

/** A stretch that nobody would write as a word: long, with digits or capitals in its midst. */
function isDense(part: string): boolean {
  return part.length >= 16 && (/\d/u.test(part) || /[a-z][A-Z]/u.test(part));
}

function looksSecret(value: string): boolean {
  return value.split(/[\s,;:/?&=#"'()<>]+/u).some(isDense);
}

/**
 * What must never be written of a teacher's key and extra headers. A header such as `X-Title: Tailor` is no secret:
 * taking its words out of replies would alter what is taught.
 */
export function credentialsOf(
  key: string | null,
  headers: Readonly<Record<string, string>>,
): string[] {
  const ofHeaders = Object.entries(headers)
    .filter(([name, value]) => NAMES.test(name) || looksSecret(value))
    .map(([, value]) => value.trim().replace(SCHEME, ''));
  return [key ?? '', ...ofHeaders].filter((one) => one !== '');
}

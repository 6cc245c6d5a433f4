/** Replaces every form of the known secrets in a text. */
export type Redactor = (text: string) => string;

export const REDACTED = '[redacted]';

/** The part of a secret's base64 that does not depend on its neighbours, for each of the three alignments. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const whole = padded.toString('base64').replace(/=+$/u, '');
    const from = shift === 0 ? 0 : shift + 1;
    // The last character mixes in the next byte unless the bytes end on a group of three.
    const to = padded.length % 3 === 0 ? whole.length : whole.length - 1;
    const inner = whole.slice(from, to);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function percentLower(text: string): string {
  return text.replace(/%[0-9A-F]{2}/gu, (code) => code.toLowerCase());
}

/** A secret as it is and as it looks inside a URL, base64 (any alignment) or a JSON string. */
function formsOf(secret: string): string[] {
  const url = encodeURIComponent(secret);
  return [
    secret,
    url,
    percentLower(url),
    url.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    ...base64Forms(secret),
  ];
}

/** One redactor for every sink (security.md §4). Secrets shorter than 6 characters are too common to be searched. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.filter((secret) => secret.length >= 6).flatMap(formsOf))]
    .filter((form) => form.length >= 6)
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, REDACTED), text);
}

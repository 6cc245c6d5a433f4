/** What in a text makes it unfit to be taught unseen (security.md threat 9): each finding has a name for the log. */
const FINDINGS: readonly (readonly [string, RegExp])[] = [
  ['role marker', /^[ \t]*(?:system|user|assistant|human|tool|question|reasoning)[ \t]*:/imu],
  ['special token', /<\|[^|>\n]{0,60}\|>|<\/?s>|<(?:bos|eos|pad|unk|start_of_turn|end_of_turn)>/iu],
  ['instruction marker', /\[\/?INST\]|<<\/?SYS>>|#{2,}\s*(?:instruction|response|system)\b/iu],
  ['address', /\b(?:https?|ftp|file|data|javascript|command|vscode):\S|\bwww\.\S/iu],
  ['markup', /<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?>|!?\[[^\]\n]*\]\([^)\n]*\)/iu],
  ['zero-width character', /[\u00AD\u061C\u180E\u200B-\u200F\u2060-\u2064\uFEFF]/u],
  ['direction override', /[\u202A-\u202E\u2066-\u2069]/u],
  ['control character', /[^\P{Cc}\n\t]/u],
  ['lone surrogate', /\p{Surrogate}/u],
  ['line separator', /[\u2028\u2029]/u],
  ['encoded run', /[A-Za-z0-9+/_-]{48,}={0,2}/u],
];

/** The names of everything unsafe in a text; empty when there is nothing. */
export function unsafeFindings(text: string): string[] {
  return FINDINGS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
}

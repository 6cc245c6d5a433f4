import { ChannelError } from '../../src/shared/contract.ts';

/** A failure in words for a person. */
export function messageOf(error: unknown): string {
  if (error instanceof ChannelError && error.hint !== undefined)
    return `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}

/** The code that the host gave a failure; empty where it is none of the host's. */
export const codeOf = (error: unknown): string => (error instanceof ChannelError ? error.code : '');

/** What the hosts call it: Review's own code, and the one that a changed row or file has everywhere. */
const STALE = new Set(['STALE', 'store.stale']);

/** The host has something else than the view showed. */
export const isStale = (error: unknown): boolean => STALE.has(codeOf(error));

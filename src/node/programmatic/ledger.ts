/** The server's own book of one chat request, for comparing with the client's. */
export interface LedgerEntry {
  /** Counts chat requests from 1. */
  readonly nth: number;
  readonly headerNames: readonly string[];
  readonly model: string;
  readonly questionId: string | null;
  /** Type of the fault that was applied; null for none. */
  readonly fault: string | null;
  /** HTTP status; 0 when the connection ended before one was sent. */
  status: number;
  /** Bytes of the body given to the socket. */
  bytesSent: number;
  /** Whether the connection ended before the whole reply was sent, from either side. */
  aborted: boolean;
  /** Null while the request is open. */
  done: boolean;
  billedPromptTokens: number;
  billedCompletionTokens: number;
}

export interface LedgerTotals {
  readonly requests: number;
  readonly aborted: number;
  readonly billedPromptTokens: number;
  readonly billedCompletionTokens: number;
}

/** What the server saw and would bill: a reply is billed once its generation began, whatever came of the connection. */
export class ServerLedger {
  /** Requests that were turned away at the door (host, origin, token, method, type, size), by status. */
  readonly refused = new Map<number, number>();
  peakInFlight = 0;
  private readonly list: LedgerEntry[] = [];
  private inFlight = 0;

  get entries(): readonly Readonly<LedgerEntry>[] {
    return this.list;
  }

  refuse(status: number): void {
    this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
  }

  open(
    about: Pick<LedgerEntry, 'nth' | 'headerNames' | 'model' | 'questionId' | 'fault'>,
  ): LedgerEntry {
    const entry: LedgerEntry = {
      ...about,
      status: 0,
      bytesSent: 0,
      aborted: false,
      done: false,
      billedPromptTokens: 0,
      billedCompletionTokens: 0,
    };
    this.list.push(entry);
    this.inFlight += 1;
    this.peakInFlight = Math.max(this.peakInFlight, this.inFlight);
    return entry;
  }

  close(entry: LedgerEntry, aborted: boolean): void {
    if (entry.done) return;
    entry.done = true;
    entry.aborted = aborted;
    this.inFlight -= 1;
  }

  totals(): LedgerTotals {
    const sum = (pick: (entry: LedgerEntry) => number): number =>
      this.list.reduce((total, entry) => total + pick(entry), 0);
    return {
      requests: this.list.length,
      aborted: sum((entry) => (entry.aborted ? 1 : 0)),
      billedPromptTokens: sum((entry) => entry.billedPromptTokens),
      billedCompletionTokens: sum((entry) => entry.billedCompletionTokens),
    };
  }
}

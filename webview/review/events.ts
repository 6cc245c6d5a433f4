import type { Snapshot } from '../../src/shared/reviewContract.ts';
import type { Filter, Row, Sort } from '../../src/shared/reviewQueue.ts';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import type { Form, Missing } from './forms.ts';
import type { Mode, Overlay } from './state.ts';

/** Everything that can happen to what the view shows. */
export type ReviewEvent =
  | {
      readonly type: 'ready';
      readonly snapshot: Snapshot;
      readonly texts: Readonly<Record<string, string>>;
    }
  | { readonly type: 'lost'; readonly problem: string }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'round'; readonly round: number }
  | { readonly type: 'asked-list'; readonly filter: Filter; readonly sort: Sort }
  | {
      readonly type: 'listed';
      readonly query: number;
      readonly total: number;
      readonly from: number;
      readonly rows: readonly Row[];
      readonly at: number;
    }
  | {
      readonly type: 'rows';
      readonly query: number;
      readonly from: number;
      readonly rows: readonly Row[];
    }
  | { readonly type: 'select'; readonly at: number }
  | { readonly type: 'mark'; readonly at: number }
  /** A range from where it began; `ids` are its items by their places. */
  | { readonly type: 'mark-to'; readonly at: number; readonly ids: ReadonlyMap<number, string> }
  | { readonly type: 'unmark' }
  | { readonly type: 'record'; readonly record: ReviewRecord }
  /** Records may be out of date; rows outside of `keep`, too. */
  | {
      readonly type: 'stale';
      readonly keep?: { readonly from: number; readonly to: number };
    }
  | { readonly type: 'show'; readonly id: string }
  | { readonly type: 'candidate'; readonly index: number }
  | { readonly type: 'attempt'; readonly index: number }
  | { readonly type: 'mode'; readonly mode: Mode }
  | { readonly type: 'form'; readonly form: Form | null }
  | { readonly type: 'form-problem'; readonly problem: Missing }
  /** The open form is on its way to the host: it closes, and what was typed stays as a draft until the answer. */
  | { readonly type: 'form-sent' }
  /** The host took what a form said: its draft has done its work. */
  | { readonly type: 'form-done'; readonly id: string; readonly form: Form }
  /** The host refused it: where the person still is at the item, the form is open again, with what it may be kept in spite of. */
  | {
      readonly type: 'form-back';
      readonly id: string;
      readonly form: Form;
      readonly refusal: string | null;
    }
  | { readonly type: 'overlay'; readonly overlay: Overlay }
  | { readonly type: 'deciding'; readonly id: string; readonly row: Partial<Row> }
  | { readonly type: 'decided'; readonly record: ReviewRecord }
  | {
      readonly type: 'refused';
      readonly id: string;
      readonly before: Row | null;
      readonly message: string;
    }
  | { readonly type: 'notice'; readonly id: string; readonly message: string | null }
  | { readonly type: 'asking'; readonly ids: readonly string[]; readonly on: boolean }
  | { readonly type: 'asking-student'; readonly id: string | null }
  | { readonly type: 'drafts'; readonly drafts: Readonly<Record<string, Form>> }
  | { readonly type: 'hide'; readonly code: string }
  | { readonly type: 'say'; readonly text: string };

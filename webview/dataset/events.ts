import type {
  DatasetRecord,
  DatasetRow,
  DatasetState,
  RowKey,
} from '../../src/shared/datasetContract.ts';
import type { Draft, Drafts } from './drafts.ts';
import type { AddForm, EditorState, Overlay } from './state.ts';

/** What happens to the view's state. */
export type EditorEvent =
  | {
      readonly type: 'ready';
      readonly doc: DatasetState;
      readonly strings: Readonly<Record<string, string>>;
    }
  | { readonly type: 'lost'; readonly problem: string }
  | { readonly type: 'doc'; readonly doc: DatasetState }
  | { readonly type: 'rows'; readonly from: number; readonly rows: readonly DatasetRow[] }
  /** Rows elsewhere than here are of a former revision. */
  | { readonly type: 'forget-rows'; readonly from: number; readonly to: number }
  /** The cursor goes to a place; the row there is known, or found out. */
  | { readonly type: 'select'; readonly at: number; readonly key?: RowKey | null }
  | { readonly type: 'record'; readonly record: DatasetRecord | null }
  | { readonly type: 'mark'; readonly at: number }
  | {
      readonly type: 'mark-to';
      readonly at: number;
      readonly rows: ReadonlyMap<RowKey, number>;
    }
  | { readonly type: 'unmark' }
  /** Picked rows stand elsewhere now. */
  | { readonly type: 'marked'; readonly rows: ReadonlyMap<RowKey, number> }
  | { readonly type: 'typed'; readonly draft: Draft }
  | { readonly type: 'drop'; readonly id: string }
  | { readonly type: 'refused'; readonly id: string; readonly problem: string }
  /** The host took what was sent: it stands in the row now. */
  | { readonly type: 'written'; readonly draft: Draft; readonly value: string }
  | {
      readonly type: 'stamped';
      readonly key: RowKey;
      readonly from: string;
      readonly to: string;
    }
  | { readonly type: 'restore'; readonly drafts: Drafts; readonly add: AddForm | null }
  | { readonly type: 'add'; readonly form: AddForm | null; readonly problem?: string | null }
  | { readonly type: 'overlay'; readonly overlay: Overlay; readonly problem?: string | null }
  | { readonly type: 'notice'; readonly text: string | null }
  | { readonly type: 'hidden'; readonly row: EditorState['hidden'] }
  | { readonly type: 'say'; readonly text: string };

import { connect } from '../../../../src/shared/connect.ts';
import { datasetContract } from '../../../../src/shared/datasetContract.ts';
import { serve } from '../../../../src/shared/serve.ts';
import { Control, type Page } from '../../../../webview/dataset/control.ts';
import { readKept } from '../../../../webview/dataset/kept.ts';
import { createStore } from '../../../../webview/dataset/store.ts';
import type { Action } from '../../../../webview/dataset/actions.ts';
import { draftId, placeOf } from '../../../../webview/dataset/drafts.ts';
import { portPair } from '../../../webview/channelPair.ts';
import { DatasetHost, type DatasetHostOptions } from '../../../webview/datasetHost.ts';

/** Ten plain rows. */
export const TEN = Array.from(
  { length: 10 },
  (_, index) => `{"id": "q-${index}", "question": "Question ${index}?", "answer": "${index * 2}"}`,
);

/** Lets everything happen that is under way. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A client of a host in memory. */
export function clientOf(host: DatasetHost) {
  const [here, there] = portPair();
  const server = serve(datasetContract, there, host.handlers());
  host.connect(server);
  return connect(datasetContract, here);
}

/** What a test says of the page. */
export interface FakePage extends Page {
  editing: () => string | null;
  inText: () => boolean;
  field: () => number | null;
  readonly did: string[];
}

function fakePage(): FakePage {
  const did: string[] = [];
  const note = (what: string) => (): void => void did.push(what);
  return {
    did,
    focusList: note('list'),
    focusSearch: note('search'),
    keepFocus: note('keep'),
    focusRecord: note('record'),
    focusText: (id) => did.push(`text ${id}`) > 0,
    moveText: (step) => void did.push(`text ${step}`),
    moveRegion: (step) => void did.push(`region ${step}`),
    rowsPerPage: () => 4,
    editing: () => null,
    inText: () => false,
    adding: () => true,
    field: () => null,
  };
}

/** A control over a document in memory, and what a test asks of both. */
export async function open(options: DatasetHostOptions = { lines: TEN }, kept: unknown = null) {
  const host = new DatasetHost(options);
  const store = createStore('en');
  const page = fakePage();
  let now = 0;
  const control = new Control(clientOf(host), store, page, () => (now += 1000));
  const started = control.start(readKept(kept));
  await settle();
  const press = async (...actions: Action[]): Promise<void> => {
    for (const action of actions) {
      control.press(action);
      await settle();
    }
  };
  const state = () => store.state.value;
  /** Types into a field of the record on screen. */
  const type = (name: string, text: string, as: 'text' | 'json' = 'text'): string => {
    const { record } = state();
    const field = record?.fields.find((one) => one.name === name);
    if (!record || !field) throw new Error(`There is no field "${name}".`);
    const place = placeOf(record, field);
    control.type(place, as, text);
    return draftId(place);
  };
  const said = () => state().said.text;
  return { host, control, store, page, press, state, type, said, started };
}

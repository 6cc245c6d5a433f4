import type { Handlers } from '../../src/shared/contract.ts';
import type { ChoiceView } from '../../src/shared/reviewChoices.ts';
import type { ReviewContract, Snapshot } from '../../src/shared/reviewContract.ts';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import type { Outside } from '../../src/node/review/ports.ts';
import { emptySnapshot, handlersWithoutReview } from '../../src/vscode/webviews/noReview.ts';
import type { OpenReview, ReviewPeer } from '../../src/vscode/webviews/reviewPeer.ts';

/** A snapshot with something to review. */
export function readySnapshot(rev: number, todo = 3): Snapshot {
  const empty = emptySnapshot('failed', { project: 'p', primary: null });
  return { ...empty, rev, phase: 'ready', counts: { ...empty.counts, total: 5, todo } };
}

/** An item with one attempt and one candidate whose texts are given. */
export function recordWith(texts: {
  attempt: string;
  rationale: string;
  original?: string;
  choices?: readonly ChoiceView[];
}) {
  const { choices } = texts;
  const [gold, wrong] = choices ? ['b', 'a'] : ['8', '7'];
  const record: ReviewRecord = {
    ...(choices ? { kind: 'choice', choices: [...choices] } : {}),
    row: {
      id: 'q-1',
      title: 'How many?',
      status: 'todo',
      by: null,
      pair: 'keep',
      flags: [],
      right: 0,
      samples: 4,
      trajectory: 'unclear',
      misses: 1,
      wrongAnswer: wrong,
      gold,
      candidates: 1,
    },
    stamp: 'stamp-1',
    question: 'How many?',
    originalQuestion: null,
    gold,
    originalGold: null,
    goldConfirmed: false,
    equation: '4 + 4',
    reference: null,
    answers: [{ answer: wrong, count: 4, right: false }],
    attempts: [
      {
        sample: 2,
        times: 4,
        text: texts.attempt,
        steps: [],
        diverges: {},
        answer: wrong,
        verdict: 'wrong',
        settled: null,
        checks: [],
        pair: 'keep',
        pairReason: null,
        firstError: null,
      },
    ],
    candidates: [
      {
        id: 'c-1',
        source: 'annotate',
        round: 0,
        rationale: texts.rationale,
        original: texts.original ?? null,
        steps: [],
        answer: gold,
        status: 'todo',
        by: null,
        checks: [],
        passes: true,
        why: null,
        firstErrorStep: null,
        errorKind: null,
        aboutSample: null,
        programmatic: false,
        hinted: false,
        opinions: [],
      },
    ],
    again: [],
    history: [{ round: 0, right: 0, samples: 4 }],
    trajectory: 'new',
    checks: [],
    hint: null,
    disagreements: [],
    log: [{ at: '2026-01-01', by: 'someone', what: 'accepted', reason: null }],
  };
  return record;
}

export interface FakePeer extends ReviewPeer {
  readonly root: string;
  readonly outsides: Outside[];
  readonly decided: unknown[];
  readonly connections: () => number;
  tell(snapshot: Snapshot): void;
  disposed: boolean;
}

/** Opens fake reviews, and keeps those it opened. */
export function peerFactory(record: () => ReviewRecord) {
  const opened: FakePeer[] = [];
  const open: OpenReview = ({ root, actions, outside }) => {
    const listeners = new Set<(snapshot: Snapshot) => void>();
    let snapshot = readySnapshot(1);
    let connections = 0;
    const peer: FakePeer = {
      root,
      outsides: [outside],
      decided: [],
      disposed: false,
      connections: () => connections,
      tell: (next) => {
        snapshot = next;
        listeners.forEach((listener) => listener(next));
      },
      handlersFor: () => {
        connections += 1;
        const handlers: Handlers<ReviewContract> = {
          ...handlersWithoutReview(snapshot, actions),
          init: () => ({ snapshot, strings: {} }),
          open: async ({ id, how, candidate, sample }) => {
            await actions.open({ round: 0, id, how, candidate, sample });
            return {};
          },
        };
        return { ...handlers, dispose: () => void (connections -= 1) };
      },
      onSnapshot: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      setOutside: (now) => void peer.outsides.push(now),
      record: () => Promise.resolve(record()),
      decide: (round, id, act) => {
        peer.decided.push({ round, id, act });
        return Promise.resolve();
      },
      badLine: () => null,
      dispose: () => void (peer.disposed = true),
    };
    opened.push(peer);
    return Promise.resolve(peer);
  };
  return { open, opened };
}

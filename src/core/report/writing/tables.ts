import type { DashboardState, RoundView } from '../../../shared/dashboardContract.ts';
import {
  askedNobody,
  askersOf,
  moneySpent,
  ownStages,
  roundsSeen,
  servedBy,
  servedCalls,
  servedMoney,
  servedTokens,
  stageTook,
  textsSeen,
} from '../../../shared/boardPhrases.ts';
import type { DashboardWords } from '../../../shared/dashboardWords.ts';
import { note, table, withoutEmpty, type Block } from './report.ts';

type Words = DashboardWords;

/** Every exam of every round: accuracy with n and interval, what could not be read, how it was held. */
export function examTable({ rounds }: DashboardState, words: Words): Block[] {
  const rows = rounds.flatMap(({ round, student, exams }) =>
    exams.map((exam) => [
      words('round.n', round),
      exam.set,
      words(`set.${exam.role}`),
      student.name,
      exam.accuracy.n === 0 ? '–' : words.rate(exam.accuracy),
      words.count(exam.accuracy.n),
      ...[exam.samples, exam.right, exam.wrong].map(words.count),
      ...[exam.noAnswer, exam.truncated, exam.outdated].map(words.count),
      exam.differs.join(', '),
    ]),
  );
  const head = [
    words('picture.round'),
    words('picture.set'),
    words('report.role'),
    words('exams.student'),
    words('picture.accuracy'),
    'n',
    words('report.samples'),
    words('exams.right'),
    words('exams.wrong'),
    words('exams.noAnswer'),
    words('exams.truncated'),
    words('exams.outdated'),
    words('report.differs'),
  ];
  // Most exams are held as the one before: a column that says nothing takes room from those that do.
  return [
    ...table(words('exams.title'), ...withoutEmpty(head, rows)),
    ...checkNotes(rounds, words),
  ];
}

/** Below the table, for they are sentences; what is said of all exams of a round is said once. */
function checkNotes(rounds: DashboardState['rounds'], words: Words): Block[] {
  return rounds.flatMap(({ round, exams }) =>
    [...new Set(exams.flatMap(({ check }) => check?.text ?? []))].map((said) =>
      note(`${words('report.check')}, ${words('round.n', round)}: ${said}`),
    ),
  );
}

/** pass@k, pass^k and the vote of exams with several samples a question. */
export function severalTable({ rounds }: DashboardState, words: Words): Block[] {
  const rows = rounds.flatMap(({ round, exams }) =>
    exams.flatMap(({ set, samples, several }) => {
      if (several === null || several.any.n === 0) return [];
      const shares = [several.any, several.all, several.voted].map(words.rate);
      return [
        [words('round.n', round), set, words.count(samples), ...shares, words.count(several.any.n)],
      ];
    }),
  );
  const head = [
    words('picture.round'),
    words('picture.set'),
    'k',
    words('exams.any', 'k'),
    words('exams.all', 'k'),
    words('exams.voted'),
    'n',
  ];
  return table(words('exams.severalTitle'), head, rows);
}

/** What each frozen set holds, from where, whom it leaves out and why, and what the freeze warned of. */
export function frozenTable({ rounds }: DashboardState, words: Words): Block[] {
  const counted = (parts: Readonly<Record<string, number>>, prefix: string): string =>
    Object.entries(parts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${words.count(count)} ${words.known(prefix, name)}`)
      .join('; ');
  const rows = rounds.flatMap(({ round, frozen }) => {
    if (!frozen) return [];
    return [
      [
        words('round.n', round),
        words.count(frozen.questions),
        words.count(frozen.withRationale),
        words.count(frozen.withPair),
        `${words.count(frozen.positives)} / ${words.count(frozen.negatives)}`,
        counted(frozen.bySource, 'taught.source'),
        counted(frozen.uncovered, 'taught.reason'),
        frozen.sha256,
      ],
    ];
  });
  const head = [
    words('picture.round'),
    words('taught.questions'),
    words('taught.rationale'),
    words('taught.pair'),
    words('taught.texts'),
    words('taught.sources'),
    words('taught.uncovered'),
    words('taught.hash'),
  ];
  const warnings = rounds.flatMap(({ round, frozen }) =>
    (frozen?.warnings ?? []).map((said) => note(`${words('round.n', round)}: ${said}`)),
  );
  return [...table(words('taught.title'), head, rows), ...warnings];
}

/** Which frozen sets each student saw. */
export function studentTable({ students }: DashboardState, words: Words): Block[] {
  const rows = students.map((one) => {
    const { name, digest, madeIn, from, saw } = one;
    return [
      name,
      digest.slice(0, 12),
      madeIn === null
        ? words('saw.first')
        : `${words('round.n', madeIn.round)} (${madeIn.runId}${madeIn.chosen ? `, ${words('saw.chosen')}` : ''})`,
      from === null ? '' : (students.find((one) => one.digest === from)?.name ?? from.slice(0, 12)),
      roundsSeen(saw, words),
      textsSeen(one, words),
    ];
  });
  const head = [
    words('saw.student'),
    words('report.digest'),
    words('saw.made'),
    words('saw.from'),
    words('saw.rounds'),
    words('saw.texts'),
  ];
  return table(words('saw.title'), head, rows);
}

/** What people and rules decided in each round, as it stands now. */
export function decisionTable({ rounds }: DashboardState, words: Words): Block[] {
  const rows = rounds.flatMap(({ round, decisions: { person, rule, byType, entries } }) => {
    if (entries === 0) return [];
    const kinds = Object.entries(byType)
      .map(([type, count]) => `${words.known('decide.type', type)} ${words.count(count)}`)
      .join(', ');
    return [
      [
        words('round.n', round),
        words.count(person),
        words.count(rule),
        kinds,
        words.count(entries),
      ],
    ];
  });
  const head = [
    words('picture.round'),
    words('decide.person'),
    words('decide.rule'),
    words('decide.kinds'),
    words('decide.entries'),
  ];
  const blocks = table(words('decide.title'), head, rows);
  return blocks.length === 0 ? [] : [...blocks, note(words('decide.note'))];
}

/** How often what the teacher wrote was taken, by prompt version and by kind of error. */
export function acceptanceTable({ acceptance }: DashboardState, words: Words): Block[] {
  const of = (
    caption: string,
    name: string,
    prefix: string,
    views: DashboardState['acceptance']['byPrompt'],
  ): Block[] => {
    const rows = views.map((one) => [
      words.known(prefix, one.name),
      words.count(one.items),
      words.count(one.questions),
      words.rate(one.passed),
      one.accepted.n === 0
        ? words('accept.undecided')
        : `${words.rate(one.accepted)}, ${words('exams.n', words.count(one.accepted.n))}`,
      words.count(one.edited),
    ]);
    const head = [
      name,
      words('accept.items'),
      words('accept.questions'),
      words('accept.passed'),
      words('accept.accepted'),
      words('accept.edited'),
    ];
    return table(caption, head, rows);
  };
  const { byPrompt, byErrorKind } = acceptance;
  return [
    ...of(words('accept.prompt'), words('accept.name.prompt'), 'prompt', byPrompt),
    ...of(words('accept.error'), words('accept.name.error'), 'error.kind', byErrorKind),
  ];
}

/** What second opinions come to, and what they took of the teacher's calls. */
export function opinionTable({ rounds }: DashboardState, words: Words): Block[] {
  const rows = rounds.flatMap(({ round, opinions }) => {
    if (!opinions) return [];
    const { scored, mean, apart, settled, calls, promptTokens, completionTokens } = opinions;
    return [
      [
        words('round.n', round),
        words.count(scored),
        mean === null ? '–' : mean.toFixed(1),
        words.count(apart),
        words.count(settled),
        words.count(calls),
        `${words.count(promptTokens)} / ${words.count(completionTokens)}`,
      ],
    ];
  });
  const head = [
    words('picture.round'),
    words('opinion.scored'),
    words('opinion.mean'),
    words('opinion.apart'),
    words('opinion.settled'),
    words('cost.calls'),
    words('cost.tokens'),
  ];
  return rows.length === 0 ? [] : table(words('opinion.title'), head, rows);
}

/** What the exams of a round took where a server sat them. */
function servedRows({ round, served, seconds }: RoundView, words: Words): string[][] {
  if (served === null) return [];
  const unknown = words('unknown');
  const { spent } = served;
  return [
    [
      words('round.n', round),
      servedBy(served, words),
      servedCalls(served, words) ?? unknown,
      servedTokens(served, words) ?? unknown,
      servedMoney(served, words) ?? unknown,
      spent === null ? unknown : words.count(spent.possiblyBilled),
      seconds['exam'] === undefined ? unknown : words.duration(seconds['exam']),
      '–',
    ],
  ];
}

/** What each round took: what nobody wrote down is unknown. */
export function costTable({ rounds }: DashboardState, words: Words): Block[] {
  const rows = rounds.flatMap((one) => {
    const { round, served, peakMemoryMB } = one;
    const said = (text: string): string => (askedNobody(one) ? '–' : text);
    const stages = ownStages(one).map(
      (stage) => `${words.known('stage', stage[0])} ${stageTook(stage, one, words)}`,
    );
    // What the round took stands beside whoever was asked first.
    const ofRound = [
      stages.length === 0 ? words('unknown') : stages.join(', '),
      peakMemoryMB === null
        ? words('unknown')
        : words('cost.megabytes', words.count(Math.round(peakMemoryMB))),
    ];
    const own = askersOf(one, words).map(({ who, spent }, at) => {
      const about = (count: number): string =>
        spent.estimated ? words('cost.estimated', words.count(count)) : words.count(count);
      return [
        words('round.n', round),
        who ?? words('cost.nobody'),
        said(
          spent.underWay === 0
            ? words.count(spent.calls)
            : words('cost.underWay', words.count(spent.calls), words.count(spent.underWay)),
        ),
        said(`${about(spent.promptTokens)} / ${about(spent.completionTokens)}`),
        said(moneySpent({ spent, served }, words) ?? words('unknown')),
        said(words.count(spent.possiblyBilled)),
        ...(at === 0 ? ofRound : ['–', '–']),
      ];
    });
    return [...own, ...servedRows(one, words)];
  });
  const head = [
    words('picture.round'),
    words('cost.teacher'),
    words('cost.calls'),
    words('cost.tokens'),
    words('cost.money'),
    words('cost.lost'),
    words('cost.time'),
    words('cost.memory'),
  ];
  return table(words('cost.title'), head, rows);
}

/** What is taught and like something that is examined. */
export function overlapTable({ contamination }: DashboardState, words: Words): Block[] {
  const rows = contamination.map(({ of, with: other, same, groups, questions, examples }) => [
    words.known('overlap.of', of),
    other,
    words(`overlap.same.${same}`),
    words.count(groups),
    words.count(questions),
    examples
      .slice(0, 3)
      .map(({ first, second }) => words('overlap.like', first.join(', '), second.join(', ')))
      .join('; '),
  ]);
  const head = [
    words('overlap.what'),
    words('overlap.with'),
    words('overlap.how'),
    words('overlap.groups'),
    words('overlap.questions'),
    words('overlap.examples'),
  ];
  return table(words('overlap.title'), head, rows);
}

/** How many probes of the shown run were right, epoch by epoch. */
export function probeTable({ probes }: DashboardState, words: Words): Block[] {
  const samples = probes.flatMap((one) => one.samples);
  const epochs = [...new Set(samples.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const rows = epochs.map((epoch) => {
    const asked = samples.filter((one) => one.epoch === epoch);
    const right = asked.filter((one) => one.right).length;
    return [words('train.epoch', epoch), words.count(right), words.count(asked.length)];
  });
  return table(words('train.probes'), [words('report.epoch'), words('exams.right'), 'n'], rows);
}

import { join } from 'node:path';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { again } from './node/commands/again.ts';
import { apply } from './node/commands/apply.ts';
import { choose } from './node/commands/choose.ts';
import type { CommandContext, CommandResult } from './node/commands/context.ts';
import { audit } from './node/commands/audit.ts';
import * as byOptions from './node/commands/byOptions.ts';
import { doctor } from './node/commands/doctor.ts';
import { exportSet, type ExportOptions } from './node/commands/exportSet.ts';
import { importData, type ImportTarget } from './node/commands/importData.ts';
import { report } from './node/commands/report.ts';
import { REPORT_FORMATS } from './node/dashboard/reportText.ts';
import * as review from './node/commands/review.ts';
import * as setUp from './node/commands/setUp.ts';
import { setUpTrainer } from './node/commands/setUpTrainer.ts';
import { stop } from './node/commands/stop.ts';
import * as status from './node/commands/status.ts';
import * as steps from './node/commands/steps.ts';
import { EXIT } from './node/terminal/exitCodes.ts';
import { agreement } from './node/terminal/agreement.ts';
import { runInTerminal } from './node/terminal/runInTerminal.ts';
import { PRACTICE_KINDS, type PracticeKind } from './core/practice/questionKinds.ts';
import { EXPORT_NAMES } from './core/exporting/formats.ts';
import { visibleJson } from './core/visibleText.ts';
import { parseFormat } from './node/commands/dataFormat.ts';

const installation = join(__dirname, '..');
const assets = {
  installation,
  engine: join(__dirname, 'engine.cjs'),
  bridge: join(installation, 'python-bridge'),
  media: join(installation, 'media'),
};

type Say = (text: string) => void;
type Action = (context: CommandContext, say: Say) => Promise<CommandResult>;

/** Hands a parsed command to the terminal's edge: progress, Ctrl-C, output, exit code. */
async function run(command: Command, action: Action): Promise<void> {
  process.exitCode = await runInTerminal(command.optsWithGlobals(), assets, action);
}

/** The action of a command that has options alone. */
const told =
  <T>(work: (context: CommandContext, options: T) => Promise<CommandResult>) =>
  (options: T, command: Command): Promise<void> =>
    run(command, (context) => work(context, options));

/** The action of a command that has one argument beside its options. */
const toldAbout =
  <A, T>(
    work: (context: CommandContext, about: A, options: T, say: Say) => Promise<CommandResult>,
  ) =>
  (about: A, options: T, command: Command): Promise<void> =>
    run(command, (context, say) => work(context, about, options, say));

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('must be a whole number.');
  return value;
}

/** A list with commas of kinds that practice questions come in, each once. */
function practiceKinds(text: string): PracticeKind[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  return names.map((name) => {
    const kind = PRACTICE_KINDS.find((one) => one === name);
    if (kind === undefined) {
      throw new InvalidArgumentError(`must be a list of ${PRACTICE_KINDS.join(', ')}.`);
    }
    return kind;
  });
}

const roundOption = (): Option =>
  new Option('--round <n>', 'the round (default: the first unfinished one)').argParser(count);

const WAIT = 'wait for a student server until it answers as the student of the round';

const USAGE_HINT = 'With --help each command lists its options: tailor --help, tailor exam --help.';

export function buildProgram(): Command {
  const program = new Command('tailor')
    .description(manifest.description)
    .version(manifest.version)
    .enablePositionalOptions(false)
    .showHelpAfterError(USAGE_HINT)
    .exitOverride();
  const add = (id: `tailor.${string}`, args = ''): Command =>
    program
      .command(`${id.slice('tailor.'.length)}${args}`)
      .option('--project <dir>', 'the project folder, or one inside it', '.')
      .option('--json', 'print one JSON object instead of text')
      .option('--python <path>', 'the Python to train with')
      .option('--quiet', 'no progress');

  add('tailor.init', ' [dir]')
    .description('make a project')
    .option('--practice', 'the practice project, which needs no key, no GPU and no data')
    .option(
      '--student <name>',
      '"practice", "smollm2" or a student folder inside the project',
      'practice',
    )
    .option('--name <name>', 'what the project is called')
    .option('--teacher <profile>', 'teacher profile of this computer')
    .option('--seed <n>', 'decides every draw of the project', count, 1)
    .option(
      '--kinds <list>',
      'of the practice questions: number, choice, yes-no (default: number)',
      practiceKinds,
    )
    .option(
      '--max-new-tokens <n>',
      'length limit of an answer, for all exams (default: 256; practice project: 72, with --kinds 96)',
      count,
    )
    .action(
      (
        folder: string | undefined,
        options: Omit<setUp.InitOptions, 'folder' | 'practice'> & { practice?: boolean },
        command: Command,
      ) =>
        run(command, (context) =>
          setUp.init(context, {
            ...options,
            practice: options.practice === true,
            folder: folder ?? '.',
          }),
        ),
    );

  add('tailor.import', ' <format> <file>')
    .description(
      'read questions: published sets by name, jsonl, csv and parquet with a field mapping, or auto',
    )
    .addOption(
      new Option('--to <set>', 'train, dev, test, or split (dev is carved out by question)')
        .choices(['train', 'dev', 'test', 'split'])
        .default('split'),
    )
    .option('--dev <n>', 'dev questions when splitting (default: a tenth)', count)
    .option(
      '--map <pairs>',
      'own rows: question=q,answer=a[,id=…][,rationale=…][,equation=…][,choices=…][,kind=…]; dots go into objects',
    )
    .option('--replace', 'write over questions that are already there')
    .option('--yes', 'agree to the fields that were guessed')
    .action(
      (
        format: string,
        file: string,
        options: {
          to: ImportTarget;
          dev?: number;
          map?: string;
          replace?: boolean;
          yes?: boolean;
          json?: boolean;
        },
        command: Command,
      ) =>
        run(command, (context, say) =>
          importData(context, {
            agree: agreement(options, context, say),
            ...parseFormat(format, options.map),
            file,
            to: options.to,
            replace: options.replace === true,
            ...(options.dev === undefined ? {} : { dev: { count: options.dev } }),
          }),
        ),
    );

  add('tailor.exam')
    .description('let the student sit the exam of a round')
    .addOption(roundOption())
    .option('--set <name...>', 'only these sets (default: all that the round needs)')
    .option('--look', 'with --set test: look at the test set, which is counted')
    .option('--wait', WAIT)
    .action(told(steps.exam));

  add('tailor.audit')
    .description('grade everything afresh and list wrong attempts that are perhaps not wrong')
    .addOption(roundOption())
    .action(told(audit));

  add('tailor.again', ' <question>')
    .description('ask a student one training question again, beside the exam and no part of it')
    .addOption(roundOption())
    .option('--samples <k>', 'how many answers (default: as many as in the exam)', count)
    .option('--greedy', 'its most likely answer instead of fresh draws')
    .option('--same-draws', 'the draws of the exam once more: they must give the same answers')
    .option('--student <which>', 'base, last, or a training run (default: who sat the exam)')
    .option('--wait', WAIT)
    .action(toldAbout(again));

  add('tailor.teach')
    .description('ask the teacher: annotate (every training question) or feedback (each mistake)')
    .addArgument(
      new Argument('[purpose]', 'default: annotate in round 0, feedback later').choices([
        'annotate',
        'feedback',
      ]),
    )
    .addOption(roundOption())
    .option('--teacher <profile>', 'another teacher than the project names')
    .option('--estimate', 'only make five calls, and say what the rest will take')
    .action(toldAbout(byOptions.teach));

  add('tailor.opinion')
    .description('ask a teacher to score the undecided rationales, blind to who wrote them')
    .addOption(roundOption())
    .option('--teacher <profile>', 'another teacher than the project names')
    .option('--estimate', 'only make five calls, and say what the rest will take')
    .action(told(byOptions.opinion));

  add('tailor.decide')
    .description('decide on what the teacher wrote')
    .addArgument(new Argument('<action>', 'what to do').choices(review.ACTIONS))
    .argument('[names...]', 'items to accept or reject; for edit: a file of decisions')
    .addOption(roundOption())
    .option('--rule <name>', 'accept by rule: gate-accept')
    .option('--reason <text>', 'why')
    .action(
      (
        action: (typeof review.ACTIONS)[number],
        names: string[],
        options: Omit<review.DecideOptions, 'names'>,
        command: Command,
      ) => run(command, (context) => review.decide(context, action, { ...options, names })),
    );

  add('tailor.freeze')
    .description('make the training set of a round immutable')
    .addOption(roundOption())
    .option('--preview', 'only say what would be trained on')
    .action(told(byOptions.freeze));

  add('tailor.train')
    .description('start, follow or resume the training of a frozen round')
    .addOption(roundOption())
    .option('--fresh', 'begin a new run of the same round; the old one is kept')
    .option('--dry-run', 'check everything, estimate memory and time, train nothing')
    .option('--join <k>', 'be machine K of a training that another computer leads', count)
    .action(told(byOptions.train));

  add('tailor.round')
    .description(
      'run every unfinished step: exam, teach, curate by rule, freeze, train, and the last exam',
    )
    .option('--rounds <n>', 'how many rounds (N rounds have N + 1 exams)', count)
    .option('--teacher <profile>', 'another teacher than the project names')
    .option('--wait', WAIT)
    .action(told(steps.round));

  add('tailor.stop')
    .description('ask the running training for a checkpoint and an end')
    .option('--now', 'end it at once, without a further checkpoint')
    .action(told(stop));

  add('tailor.status')
    .description('show the table of rounds and what comes next')
    .action(told(status.status));

  add('tailor.compare')
    .description('compare two rounds question by question')
    .argument('[from]', 'default: the first round with that exam', count)
    .argument('[to]', 'default: the last round with that exam', count)
    .option('--set <name>', 'which exam', 'dev')
    .action(
      (
        from: number | undefined,
        to: number | undefined,
        options: { set: string },
        command: Command,
      ) =>
        run(command, (context) =>
          status.compare(context, {
            set: options.set,
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
          }),
        ),
    );

  add('tailor.export')
    .description('write the frozen set of a round in the form of another training program')
    .addArgument(new Argument('<format>', 'the form').choices(EXPORT_NAMES))
    .requiredOption('--out <file>', 'where to write it')
    .option(
      '--round <n...>',
      'the frozen round or rounds (default: the newest)',
      (text: string, known: readonly number[] | undefined) => [...(known ?? []), count(text)],
    )
    .option('--all', 'every frozen round; equal rows are written once')
    .option('--force', 'write over a file that is there')
    .action(
      (format: ExportOptions['format'], options: Omit<ExportOptions, 'format'>, command: Command) =>
        run(command, (context) => exportSet(context, { ...options, format })),
    );

  add('tailor.report')
    .description(
      'write what the Dashboard shows to a file: rounds, comparison, lists, costs, ledger',
    )
    .addOption(
      new Option('--format <format>', 'html (one page that needs nothing else), markdown or csv')
        .choices(REPORT_FORMATS)
        .default('html'),
    )
    .option('--output <file>', 'where to write it (default: standard output)')
    .option('--from <n>', 'compare this round …', count)
    .option('--to <n>', '… with this one (default: the two newest exams)', count)
    .option('--set <name>', 'on this set (default: dev, or the next one that two rounds examined)')
    .option(
      '--all',
      'name every question of every list (default: the first 100, or 20 of exams, frozen sets and prompts; csv has all)',
    )
    .action(told(report));

  add('tailor.doctor')
    .description('check what this computer has for exams, teaching and training')
    .action(told(doctor));

  add('tailor.choose')
    .description(
      'choose another student, student server, teacher or form of prompts for the project',
    )
    .option('--student <folder>', 'a student folder inside the project')
    .option('--server <profile>', 'a student server of this computer, or "engine" for none')
    .option('--teacher <profile>', '"programmatic" or a teacher profile of this computer')
    .option(
      '--chat <form>',
      '"template": the student’s own chat template around questions; "plain"',
    )
    .action(told(choose));

  add('tailor.apply')
    .description('write the gold answers and questions that were corrected into the data file')
    .option('--preview', 'only say what would change')
    .action(told(apply));

  add('tailor.setup')
    .description('find the Python to train with, or make an environment for it')
    .option('--make', 'make a virtual environment with the packages of the trainer')
    .option('--folder <dir>', 'where to make it (default: .venv of this installation)')
    .action(told(setUpTrainer));

  add('tailor.student', ' [profile]')
    .description('ask the project’s student server whether it answers as the student of the round')
    .option('--test', 'try what the server can do (PROFILE, or the one of the project)')
    .option(
      '--record',
      'record what the base student computes, so that a server can be checked: by plain prompts in every form of prompts, for the weights are the same in each',
    )
    .option('--force', 'with --record: make a record again that is there')
    .option('--wait', WAIT)
    .action(toldAbout(byOptions.student));

  add('tailor.teacher', ' [profile]')
    .description('test a teacher with a few calls, or serve the programmatic teacher on loopback')
    .option(
      '--test',
      'make a few small calls to PROFILE (default: the one of the project) and tell what it takes',
    )
    .option('--programmatic', 'the built-in teacher that works from the equations of the data')
    .option('--faults <file>', 'JSON with faults to play, for tests')
    .option('--port <n>', 'port (default: a free one)', count)
    .action(toldAbout(byOptions.teacher));

  return program;
}

if (require.main === module) {
  buildProgram()
    .parseAsync()
    .catch((error: unknown) => {
      // commander has printed its own message, or the help that was asked for.
      if (!(error instanceof CommanderError)) throw error;
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      if (error.exitCode === 0 || !process.argv.includes('--json')) return;
      const message = error.message.replace(/^error: /u, '');
      const failure = { error: { code: 'usage', message, hint: USAGE_HINT } };
      process.stdout.write(`${visibleJson(failure)}\n`);
    });
}

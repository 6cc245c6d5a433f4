import { AppError, type ErrorCode } from '../../core/errors.ts';
import { Sentence, sentence, type Text } from '../../core/sentence.ts';
import { hadLeft, type TeacherFailure } from '../teacher/failure.ts';

interface Said {
  readonly code: ErrorCode;
  readonly what: Sentence;
  readonly hint: Sentence;
}

const LOOK = sentence`Look at the server’s own log, then run it again: what is answered is kept.`;
const LATE: Said = {
  code: 'student.server',
  what: sentence`The student’s server did not answer in time`,
  hint: LOOK,
};
const FAILED: Said = {
  code: 'student.server',
  what: sentence`The student’s server failed`,
  hint: LOOK,
};
const UNREACHED: Said = {
  code: 'student.server',
  what: sentence`Nobody answers at the address of the student’s server`,
  hint: sentence`Start the server, or correct baseURL of the profile.`,
};

/** What a failed request means where a student is asked, by the code that the teacher's client gives it. */
const SAID: Partial<Record<ErrorCode, Said>> = {
  'teacher.auth': {
    code: 'student.auth',
    what: sentence`The student’s server refused the key`,
    hint: sentence`Check keyEnv of the profile, and what the key may be used for.`,
  },
  'teacher.model': {
    code: 'student.notServed',
    what: sentence`The student’s server does not know this model or address`,
    hint: sentence`Check model and baseURL of the profile.`,
  },
  'teacher.context': {
    code: 'student.capability',
    what: sentence`The question and its answer are longer than the server’s context`,
    hint: sentence`Serve the student with a longer context, or lower exam.maxNewTokens.`,
  },
  'teacher.badRequest': {
    code: 'student.capability',
    what: sentence`The student’s server did not accept the request`,
    hint: sentence`See what it takes with tailor student --test; seed, topK and samples of the profile can be switched off.`,
  },
  'teacher.rateLimited': {
    code: 'student.server',
    what: sentence`The student’s server refuses more requests`,
    hint: sentence`Lower concurrency of the profile; what is answered is kept.`,
  },
  'teacher.tls': {
    code: 'student.server',
    what: sentence`The secure connection to the student’s server failed`,
    hint: sentence`Certificate errors are never ignored: add your organisation’s authority with NODE_EXTRA_CA_CERTS.`,
  },
  'teacher.redirect': {
    code: 'student.server',
    what: sentence`The student’s server redirects elsewhere, and redirects are never followed`,
    hint: sentence`Set baseURL of the profile to the final address, if you trust it.`,
  },
  'teacher.malformed': {
    code: 'student.server',
    what: sentence`The student’s server sent something else than an answer`,
    hint: sentence`A proxy may stand between; check baseURL of the profile.`,
  },
  'teacher.timeout.firstToken': LATE,
  'teacher.timeout.idle': LATE,
  'teacher.timeout.total': LATE,
};

/** A failed request as people are told of it: of the student's server, with no key in its words. */
export function servedError(
  failure: TeacherFailure,
  redact: (text: string) => string,
  detail: Readonly<Record<string, unknown>>,
): AppError {
  const { code, what, hint } = SAID[failure.code] ?? (hadLeft(failure) ? FAILED : UNREACHED);
  const words = redact(foreignWords(failure.said.message));
  const message = words === '' ? sentence`${what}.` : sentence`${what}: ${words}`;
  return new AppError(code, message, { hint, detail: { ...detail, status: failure.status } });
}

/** What the server or the system said itself: a failure's own sentences speak of a teacher. */
function foreignWords(text: Text): string {
  if (typeof text === 'string') return text;
  return text.parts
    .map((part) => (part instanceof Sentence ? foreignWords(part) : String(part)))
    .filter((words) => words !== '')
    .join(', ');
}

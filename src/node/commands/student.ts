import { AppError } from '../../core/errors.ts';
import { describeParity } from '../../core/exam/describeParity.ts';
import type { ParityVerdict } from '../../core/exam/parityVerdict.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { kindsOfProject } from '../project/kindsOfProject.ts';
import { loadProject } from '../project/loadProject.ts';
import { credentialsOf } from '../teacher/credentials.ts';
import { createRedactor } from '../teacher/redact.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { servedError } from '../served/failure.ts';
import { probeServer } from '../served/probe.ts';
import { ServedStudent } from '../served/servedStudent.ts';
import type { ServerAccess } from '../served/transport.ts';
import { serverAccess } from '../session/openStudent.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';

/** `tailor student --test [PROFILE]`: a few small requests, and what the server can do of what exams use. */
export async function testStudent(
  context: CommandContext,
  options: { readonly profile?: string },
): Promise<CommandResult> {
  const access = await accessOf(context, options.profile);
  const { name, baseURL } = access.profile;
  const kinds = await kindsOfProject(context.options.folder, context.clock);
  const findings = await probeServer(access, context.signal, kinds).catch((error: unknown) => {
    if (!(error instanceof TeacherFailure)) throw error;
    const redact = createRedactor(credentialsOf(access.key, access.profile.headers));
    throw servedError(error, redact, { profile: name });
  });
  const lines = findings.map(({ what, ok, says }) =>
    ok ? sentence`ok  ${what}: ${says}` : sentence`!   ${what}: ${says}`,
  );
  const title = sentence`${name} answers at ${new URL(baseURL).origin}.`;
  const ok = findings.every((one) => one.ok);
  return {
    text: joined([title, ...lines], '\n'),
    json: { profile: name, ok, findings },
    exit: ok ? 'ok' : 'student',
  };
}

/** What asking a server for the student of a round came to. */
export interface StudentCheck {
  readonly profile: string;
  readonly round: number;
  /** Its folder, relative to the project. */
  readonly student: string;
  readonly parity: ParityVerdict;
  /** A record to check it by is missing and can be made. */
  readonly recordable: boolean;
}

/**
 * `tailor student [--wait]`: whether the server answers as the student of the round that is next; with `wait` it is
 * asked until it does.
 */
export function checkStudent(
  context: CommandContext,
  options: { readonly wait?: boolean },
): Promise<CommandResult & { readonly json: StudentCheck }> {
  return withSession(context, async (session) => {
    const { store, surroundings } = session;
    const name = store.project.servedBy;
    if (name === undefined) throw notServed();
    const access = await serverAccess(surroundings, name);
    const { clock, log, report, signal } = surroundings;
    const wait = options.wait === true;
    const { topK } = store.project.exam.sampling;
    const student = new ServedStudent({ access, clock, log, report, wait, topK });
    const round = await currentRound(session, undefined);
    const state = await store.state(round);
    const before = round === 0 ? null : await store.state(round - 1);
    const path = state?.student.path ?? before?.training?.student?.path ?? store.project.student;
    const parity = await student.checkParity(store.absolute(path), signal);
    const recordable = parity.verdict === 'unchecked' && path === store.project.student;
    const answers =
      parity.verdict === 'unchecked'
        ? sentence`The server ${name} answers; whether it serves ${path} itself cannot be checked.`
        : sentence`The server ${name} answers as ${path}: ${describeParity(parity)}.`;
    const way = sentence`A record to check it by is made with tailor student --record.`;
    return {
      text: recordable ? joined([answers, way]) : answers,
      json: { profile: name, round, student: path, parity, recordable },
    };
  });
}

async function accessOf(context: CommandContext, named: string | undefined): Promise<ServerAccess> {
  const name = named ?? (await loadProject(context.options.folder)).file.servedBy;
  if (name === undefined) throw notServed();
  return serverAccess(context, name);
}

function notServed(): AppError {
  return new AppError('usage', sentence`This project’s exams are sat by the built-in engine.`, {
    hint: sentence`Name a student server: tailor choose --server PROFILE.`,
  });
}

import { createServer } from 'node:http';
import type { Log } from '../../core/ports.ts';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { TEACHER_NAME, TEACHER_VERSION } from '../../core/teaching/programmatic/answer.ts';
import type { Knowledge } from '../../core/teaching/programmatic/knowledge.ts';
import { Desk, type DeskOptions } from './desk.ts';
import type { ServerLedger } from './ledger.ts';

export interface ProgrammaticTeacherOptions extends DeskOptions {
  /** 0, the default: the system picks one. */
  readonly port?: number;
  readonly log?: Log;
}

export interface ProgrammaticTeacher {
  /** e.g. http://127.0.0.1:40123/v1 */
  readonly baseURL: string;
  /** In memory only, new at every start. */
  readonly token: string;
  readonly identity: { readonly name: string; readonly version: string; readonly dataHash: string };
  readonly knowledge: Knowledge;
  readonly ledger: ServerLedger;
  /** Resolves when the server has closed, for whatever reason. */
  readonly closed: Promise<void>;
  /** Ends every connection and the listener. */
  close(): Promise<void>;
}

/** Starts the embedded teacher on 127.0.0.1. The caller closes it. */
export async function startProgrammaticTeacher(
  options: ProgrammaticTeacherOptions,
): Promise<ProgrammaticTeacher> {
  const desk = new Desk(options);
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      desk.serve(request, response).catch((error: unknown) => {
        options.log?.error(`programmatic teacher: ${String(error)}`);
        response.destroy();
      });
    },
  );
  server.maxConnections = 256;
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      desk.stop();
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
    return closing;
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new AppError('teacher.network', sentence`The embedded teacher could not open its port.`, {
          cause,
        }),
      );
    });
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  desk.opened(port, close);
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    token: desk.token,
    identity: {
      name: TEACHER_NAME,
      version: TEACHER_VERSION,
      dataHash: desk.knowledge.dataHash,
    },
    knowledge: desk.knowledge,
    ledger: desk.ledger,
    closed,
    close,
  };
}

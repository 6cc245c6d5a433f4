import { join } from 'node:path';
import type { OpenTeacher } from '../../core/round/ports.ts';
import { startProgrammaticTeacher } from '../programmatic/server.ts';
import { createTeacher } from '../teacher/createTeacher.ts';
import { programmaticEndpoint, remoteEndpoint, type Endpoint } from '../teacher/endpoint.ts';
import {
  findProfile,
  loadProfiles,
  profilesPath,
  PROGRAMMATIC,
  readKey,
} from '../teacher/profiles.ts';
import { formatDuration } from '../terminal/format.ts';
import { assertWritable } from '../storage/safePath.ts';
import type { Session } from './session.ts';

/** Opens the project's teacher for one round: its own server for the programmatic one, the person's profile else. */
export async function openTeacher(session: Session, round: number): Promise<OpenTeacher> {
  const { store, surroundings } = session;
  const { clock, log, environment } = surroundings;
  await assertWritable(session.root, `rounds/${round}/teacher/${store.writer}.jsonl`);
  const { endpoint, stop } = await endpointOf(session);
  const { maxRequests, maxTotalTokens } = store.project.teaching;
  try {
    const opened = await createTeacher(endpoint, {
      roundsFolder: join(session.root, 'rounds'),
      round,
      writer: store.writer,
      budget: { maxRequests, maxTotalTokens },
      clock,
      log,
      onPause: (until) => {
        log.info(
          `The teacher asks for a pause of ${formatDuration((until - clock.now()) / 1000)}.`,
        );
        surroundings.watch?.paused?.(until);
      },
    });
    const { profile, programmatic } = opened.teacher;
    surroundings.watch?.teacher?.({
      profile,
      programmatic,
      maxRequests,
      maxTotalTokens,
      spending: () => opened.teacher.spending(),
    });
    for (const bad of opened.quarantined) {
      session.warnOf(bad, ': that reply may be paid for again.');
    }
    return {
      teacher: opened.teacher,
      concurrency: opened.concurrency,
      prices: endpoint.prices,
      close: async () => {
        surroundings.watch?.teacher?.(null);
        await opened.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function endpointOf(
    of: Session,
  ): Promise<{ endpoint: Endpoint; stop: () => Promise<void> }> {
    const name = of.store.project.teacher;
    if (name !== PROGRAMMATIC) {
      const profile = findProfile(await loadProfiles(profilesPath(environment)), name);
      const kept = await surroundings.keyFor?.(new URL(profile.baseURL).origin);
      const endpoint = remoteEndpoint(profile, kept ?? readKey(profile, environment));
      return { endpoint, stop: () => Promise.resolve() };
    }
    const server = await startProgrammaticTeacher({
      questions: await of.store.questions('train'),
      clock,
    });
    const { name: model, version, dataHash } = server.identity;
    const { baseURL, token } = server;
    return {
      endpoint: programmaticEndpoint({ baseURL, token, model, version, dataHash }),
      stop: () => server.close(),
    };
  }
}

import { join } from 'node:path';
import { agreedBudget } from '../../core/round/agreement.ts';
import type { OpenTeacher } from '../../core/round/ports.ts';
import { aboutPrices, ageInDays, OLD_PRICES_DAYS } from '../../core/teaching/prices.ts';
import { startProgrammaticTeacher } from '../programmatic/server.ts';
import { capabilitiesPath, keepKnown, loadKnown, serverName } from '../teacher/capabilities.ts';
import { createTeacher } from '../teacher/createTeacher.ts';
import type { Dialect } from '../teacher/dialect.ts';
import { programmaticEndpoint, remoteEndpoint, type Endpoint } from '../teacher/endpoint.ts';
import {
  findProfile,
  isFree,
  loadProfiles,
  profilesPath,
  PROGRAMMATIC,
  readKey,
} from '../teacher/profiles.ts';
import { formatDuration } from '../terminal/format.ts';
import { assertWritable } from '../storage/safePath.ts';
import type { Session } from './session.ts';

type Budget = ReturnType<typeof agreedBudget>;

/**
 * Opens a teacher for one round, the project's where none is named: its own server for the programmatic one, the person's
 * profile else.
 */
export async function openTeacher(
  session: Session,
  round: number,
  name = session.store.project.teacher,
): Promise<OpenTeacher> {
  const { store, surroundings } = session;
  const { clock, log, environment } = surroundings;
  await assertWritable(session.root, `rounds/${round}/teacher/${store.writer}.jsonl`);
  const { endpoint, stop, budget } = await endpointOf(session);
  const { maxRequests, maxTotalTokens, maxCost } = budget;
  if (maxCost !== undefined && endpoint.prices === undefined && name !== PROGRAMMATIC) {
    log.warn(
      `teaching.maxCost cannot hold: the profile ${endpoint.profile} names no prices. Tokens and requests are limited all the same.`,
    );
  }
  if (endpoint.prices !== undefined) {
    const days = ageInDays(endpoint.prices.asOf, clock.now());
    if (days === null || days > OLD_PRICES_DAYS) {
      log.warn(String(aboutPrices(endpoint.prices, clock.now())));
    }
  }
  let learned = Promise.resolve();
  const keep = async (dialect: Dialect): Promise<void> => {
    const path = capabilitiesPath(profilesPath(environment));
    const name = serverName(endpoint.baseURL, endpoint.model);
    await keepKnown(path, name, { now: clock.now(), dialect }).catch((error: unknown) => {
      log.warn(`What was learned of the teacher’s server could not be kept: ${String(error)}`);
    });
  };
  try {
    const opened = await createTeacher(endpoint, {
      roundsFolder: join(session.root, 'rounds'),
      round,
      writer: store.writer,
      budget,
      clock,
      log,
      onLearned: (dialect) => {
        learned = learned.then(() => keep(dialect));
      },
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
      money:
        maxCost === undefined || endpoint.prices === undefined
          ? null
          : { most: maxCost, currency: endpoint.prices.currency },
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
        await learned;
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function endpointOf(
    of: Session,
  ): Promise<{ endpoint: Endpoint; stop: () => Promise<void>; budget: Budget }> {
    const { teaching } = of.store.project;
    const { maxRequests: calls, maxTotalTokens: tokens, maxCost: money } = teaching;
    const budget = { maxRequests: calls, maxTotalTokens: tokens, maxCost: money };
    if (name !== PROGRAMMATIC) {
      const profile = findProfile(await loadProfiles(profilesPath(environment)), name);
      const { origin } = new URL(profile.baseURL);
      const asked = { profile: profile.name, origin, model: profile.model };
      const agreed = isFree(profile) ? budget : agreedBudget(surroundings.agreement, asked, budget);
      const kept = await surroundings.keyFor?.(origin);
      const path = capabilitiesPath(profilesPath(environment));
      const known = await loadKnown(path, serverName(new URL(profile.baseURL), profile.model));
      const key = kept ?? readKey(profile, environment);
      const endpoint = remoteEndpoint(profile, key, known?.dialect);
      return { endpoint, stop: () => Promise.resolve(), budget: agreed };
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
      budget,
    };
  }
}

import { join } from 'node:path';
import type { LoopPorts } from '../../core/round/ports.ts';
import type { Trainer } from '../../core/training/trainer.ts';
import { openStudent } from './openStudent.ts';
import { findPython } from '../python/findPython.ts';
import { createTrainer } from '../trainer/trainerRun.ts';
import { assertWritable } from '../storage/safePath.ts';
import { openTeacher } from './openTeacher.ts';
import type { Session } from './session.ts';
import { loadTemplate } from './templates.ts';

/** The loop's ports over a real project: native engine, detached trainer, teacher of the project's profile. */
export function loopPorts(session: Session): LoopPorts {
  const { clock, log, report, signal } = session.surroundings;
  return {
    store: session.store,
    student: openStudent(session),
    trainer: lazyTrainer(session),
    openTeacher: (round) => openTeacher(session, round),
    templates: async () => {
      const { replyForm } = session.store.project.teaching;
      return {
        annotate: await loadTemplate(session.root, 'annotate', replyForm),
        feedback: await loadTemplate(session.root, 'feedback', replyForm),
      };
    },
    clock,
    log,
    report,
    signal,
  };
}

/** Python is looked for when training begins: exams and teaching need none. */
function lazyTrainer(session: Session): Trainer {
  const { assets, clock, log, environment, python: named, signal } = session.surroundings;
  const { confirmPython, watch, trainer: manners } = session.surroundings;
  return {
    run: async (runFolder, config, hooks) => {
      await assertWritable(session.root, join(runFolder, 'run.json'));
      await assertWritable(session.root, join(config.export.path, 'config.json'));
      const python =
        manners?.attachOnly === true
          ? null
          : await findPython({
              named,
              environment,
              installation: assets.installation,
              projectFolder: session.root,
              confirm: confirmPython,
              signal,
            });
      const trainer = createTrainer({
        python,
        bundle: assets.bridge,
        clock,
        log,
        projectTailorFolder: session.tailorFolder,
      });
      watch?.training?.({ folder: runFolder, runId: config.runId });
      try {
        return await trainer.run(runFolder, config, {
          ...hooks,
          detachOnAbort: hooks.detachOnAbort === true || manners?.detach === true,
          attachOnly: manners?.attachOnly === true,
        });
      } finally {
        watch?.training?.(null);
      }
    },
  };
}

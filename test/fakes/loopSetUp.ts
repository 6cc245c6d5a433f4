import { projectFileSchema } from '../../src/core/project/projectFile.ts';
import type { LoopPorts } from '../../src/core/round/ports.ts';
import { DEFAULT_TEMPLATES, parseTemplate } from '../../src/core/teaching/templates.ts';
import { FakeStudent, FakeTeacher, FakeTrainer, fakeClock, silentLog, sums } from './loopFakes.ts';
import { MemoryStore } from './memoryStore.ts';

/** A whole project of sums in memory with everything the loop needs. */
export function setUp(training: Record<string, unknown> = {}) {
  const project = projectFileSchema.parse({
    v: 1,
    name: 'sums',
    task: 'numeric',
    data: { train: 'data/train.jsonl', dev: 'data/dev.jsonl' },
    student: 'models/base',
    teacher: 'fake',
    exam: { maxNewTokens: 32 },
    training,
  });
  const train = sums('train', 60, 10);
  const store = new MemoryStore(project, { train, dev: sums('dev', 40, 500) });
  const student = new FakeStudent();
  const teacher = new FakeTeacher(train);
  const trainer = new FakeTrainer(store, student);
  const abort = new AbortController();
  const ports: LoopPorts = {
    store,
    student,
    trainer,
    openTeacher: () => Promise.resolve({ teacher, concurrency: 4, close: () => Promise.resolve() }),
    templates: () =>
      Promise.resolve({
        annotate: parseTemplate('annotate', DEFAULT_TEMPLATES.annotate),
        feedback: parseTemplate('feedback', DEFAULT_TEMPLATES.feedback),
      }),
    clock: fakeClock(),
    log: silentLog,
    report: () => undefined,
    signal: abort.signal,
  };
  return { store, student, teacher, trainer, ports, abort };
}

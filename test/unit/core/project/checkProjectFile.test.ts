import { describe, expect, it } from 'vitest';
import {
  checkProjectFile,
  type ProjectSurroundings,
} from '../../../../src/core/project/checkProjectFile.ts';
import { projectFileSchema } from '../../../../src/core/project/projectFile.ts';
import { placesIn, valueAt } from '../../../../src/core/project/projectPlaces.ts';
import { sentence } from '../../../../src/core/sentence.ts';
import { aProjectFile } from '../../../fakes/projectFolder.ts';

const FILES = ['data/train.jsonl', 'data/dev.jsonl', 'data/unseen.jsonl', 'prompts/head.txt'];
const AROUND: ProjectSurroundings = {
  profiles: ['gpt-large', 'local'],
  servers: ['gpu-box', 'cluster'],
  serversProblem: null,
  at: (path) => {
    if (path.startsWith('link')) return 'outside';
    if (FILES.includes(path)) return 'file';
    return ['models/base', 'models/odd', 'data'].includes(path) ? 'folder' : 'missing';
  },
  student: (path) => (path === 'models/odd' ? sentence`Its config.json is odd.` : null),
  dataFiles: FILES.slice(0, 3),
  students: ['models/base', 'models/odd'],
  texts: ['prompts/head.txt'],
};

const WHOLE = {
  ...aProjectFile(),
  data: {
    train: 'data/train.jsonl',
    dev: 'data/dev.jsonl',
    extra: { unseen: 'data/unseen.jsonl' },
  },
  exam: { maxNewTokens: 64, head: 'prompts/head.txt' },
};

/** What is found in a project file that differs from a right one in these fields: kind, mark, values of its fixes. */
function found(change: object) {
  const text = JSON.stringify({ ...WHOLE, ...change }, null, 2);
  return checkProjectFile(placesIn(text), AROUND).map(
    ({ kind, severity, from, to, message, fixes }) => {
      expect(String(message)).toMatch(/^.{10,}\.$/u);
      const ways = fixes.map((fix) =>
        fix.kind === 'replace' ? fix.value : fix.kind === 'create' ? `+${fix.path}` : fix.command,
      );
      return [kind, severity, text.slice(from, to), ways];
    },
  );
}

const data = (change: object) => ({ data: { ...WHOLE.data, ...change } });

describe('what is wrong with a tailor.json beyond its schema', () => {
  it('is nothing where everything is there', () => {
    expect(found({})).toEqual([]);
    expect(found({ teacher: 'local' })).toEqual([]);
    expect(found({ servedBy: 'gpu-box' })).toEqual([]);
  });

  it.each([
    [
      { teacher: 'gpt-lagre' },
      'unknown-teacher',
      'warning',
      '"gpt-lagre"',
      ['gpt-large', 'chooseTeacher', 'programmatic'],
    ],
    [
      { teacher: 'nobody' },
      'unknown-teacher',
      'warning',
      '"nobody"',
      ['chooseTeacher', 'programmatic'],
    ],
    [
      { teacher: 'progammatic' },
      'unknown-teacher',
      'warning',
      '"progammatic"',
      ['programmatic', 'chooseTeacher'],
    ],
    [
      { servedBy: 'gpu-bxo' },
      'unknown-server',
      'warning',
      '"gpu-bxo"',
      ['gpu-box', 'chooseStudentServer'],
    ],
    [
      { servedBy: 'somewhere-else' },
      'unknown-server',
      'warning',
      '"somewhere-else"',
      ['chooseStudentServer'],
    ],
    [{ servedBy: 'engine' }, 'unknown-server', 'warning', '"engine"', ['chooseStudentServer']],
    [
      { servedBy: 'models/base' },
      'server-is-folder',
      'warning',
      '"models/base"',
      ['chooseStudentServer'],
    ],
    [{ student: 'gpu-box' }, 'student-is-server', 'warning', '"gpu-box"', ['chooseStudent']],
    [
      { student: 'models/bsae' },
      'missing-student',
      'warning',
      '"models/bsae"',
      ['models/base', 'chooseStudent'],
    ],
    [{ student: 'models/odd' }, 'bad-student', 'error', '"models/odd"', ['chooseStudent']],
    [{ student: '/opt/base' }, 'outside', 'error', '"/opt/base"', ['models/base']],
    [
      data({ train: '../train.jsonl' }),
      'outside',
      'error',
      '"../train.jsonl"',
      ['data/train.jsonl'],
    ],
    [data({ train: 'link/x' }), 'outside', 'error', '"link/x"', []],
    [data({ train: 'data' }), 'missing-file', 'error', '"data"', []],
    [
      data({ dev: 'data/devv.jsonl' }),
      'missing-file',
      'warning',
      '"data/devv.jsonl"',
      ['data/dev.jsonl', 'import', '+data/devv.jsonl'],
    ],
    [data({ dev: 'data/train.jsonl' }), 'same-file', 'warning', '"data/train.jsonl"', []],
    [
      data({ dev: './data/train.jsonl' }),
      'missing-file',
      'warning',
      '"./data/train.jsonl"',
      ['data/train.jsonl', 'import', '+./data/train.jsonl'],
    ],
    [data({ extra: { Unseen: 'data/unseen.jsonl' } }), 'set-name', null, '"Unseen"', ['unseen']],
    [data({ extra: { dev: 'data/unseen.jsonl' } }), 'set-name', null, '"dev"', ['dev-extra']],
    [
      { exam: { ...WHOLE.exam, head: 'prompts/haed.txt' } },
      'missing-file',
      'error',
      '"prompts/haed.txt"',
      ['prompts/head.txt', '+prompts/haed.txt'],
    ],
  ])('%j', (change, kind, severity, mark, ways) => {
    expect(found(change)).toContainEqual([kind, severity, mark, ways]);
  });

  it('is said of no teacher where the profiles cannot be read', () => {
    const places = placesIn(JSON.stringify({ ...WHOLE, teacher: 'x' }));
    expect(checkProjectFile(places, { ...AROUND, profiles: null })).toEqual([]);
  });

  it('offers only names that the schema takes', () => {
    for (const name of ['Unseen', '9', 'ünseen-x', 'test', 'a_b', 'x'.repeat(60), '---']) {
      const text = JSON.stringify({
        ...WHOLE,
        ...data({ extra: { [name]: 'data/unseen.jsonl' } }),
      });
      const [first] = checkProjectFile(placesIn(text), AROUND);
      const [fix] = first?.fixes ?? [];
      const better = fix?.kind === 'replace' ? fix.value : '';
      const mended = { ...WHOLE, ...data({ extra: { [better]: 'data/unseen.jsonl' } }) };
      expect([name, projectFileSchema.safeParse(mended).success]).toEqual([name, true]);
    }
  });
});

describe('the value that is being typed', () => {
  it.each([
    ['{"teacher": "|"}', 'teacher', null, ''],
    ['{"teacher": "lo|', 'teacher', null, 'lo'],
    ['{"teacher": |\n}', 'teacher', null, null],
    ['{"teacher":|}', 'teacher', null, null],
    ['{"data": {"train": "data/|"}}', 'data', 'train', 'data/'],
    ['{"data": {"extra": {"unseen": |}}}', 'data', 'unseen', null],
    ['{"exam": {"head": "p|"}}', 'head', null, 'p'],
    ['{"student": "models|", "x": 1', 'student', null, 'models'],
  ])('%s', (marked, kind, set, value) => {
    const at = marked.indexOf('|');
    const text = marked.replace('|', '');
    expect(valueAt(placesIn(text), at)).toMatchObject({ kind, set, value });
  });

  it.each(['{"te|acher": "x"}', '{"name": "|"}', '{"teacher": "x"} |'])(
    'is none in %s',
    (marked) => {
      const text = marked.replace('|', '');
      expect(valueAt(placesIn(text), marked.indexOf('|'))).toBe(null);
    },
  );
});

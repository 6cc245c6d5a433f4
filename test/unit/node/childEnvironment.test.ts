import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childEnvironment, mayInherit } from '../../../src/node/childEnvironment.ts';

describe('the environment of a child', () => {
  test('holds what a program needs to run', () => {
    const parent = {
      PATH: '/usr/bin',
      HOME: '/home/ada',
      LANG: 'C.UTF-8',
      LC_ALL: 'C',
      TMPDIR: '/scratch',
      LD_LIBRARY_PATH: '/opt/cuda/lib64',
      CUDA_VISIBLE_DEVICES: '0',
      NCCL_DEBUG: 'INFO',
      GLOO_SOCKET_IFNAME: 'ib0',
      TAILOR_ADDRESS: '10.0.0.7',
      HF_HOME: '/models',
      VIRTUAL_ENV: '/home/ada/env',
      CONDA_PREFIX: '/opt/conda',
      SystemRoot: 'C:\\Windows',
    };
    expect(childEnvironment(parent)).toMatchObject(parent);
  });

  test('is offline and imports nothing from the working folder or the user site', () => {
    expect(childEnvironment({ HF_HUB_OFFLINE: '0', PYTHONSAFEPATH: '' })).toEqual({
      HF_HUB_OFFLINE: '1',
      PYTHONSAFEPATH: '1',
      PYTHONNOUSERSITE: '1',
    });
  });

  test.each([
    'OPENAI_API_KEY',
    'ANTHROPIC_API_KEY',
    'HF_TOKEN',
    'TAILOR_TEACHER_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'CONDA_TOKEN',
    'PYTHONPATH',
    'PYTHONHOME',
    'PYTHONSTARTUP',
    'PYTHONDONTWRITEBYTECODE',
    'LD_PRELOAD',
    'NODE_OPTIONS',
    'http_proxy',
    'OPENAI_BASE_URL',
  ])('never passes %s on', (name) => {
    expect(childEnvironment({ [name]: 'x' })).not.toHaveProperty(name);
  });

  test('passes names on that the person added, except those that redirect imports or look like a key', () => {
    const parent = { SITE_SCRATCH: '/scratch', PYTHONPATH: '/evil', MY_API_KEY: 'k', UNNAMED: 'x' };
    const child = childEnvironment(parent, ['SITE_SCRATCH', 'PYTHONPATH', 'MY_API_KEY']);
    expect(child['SITE_SCRATCH']).toBe('/scratch');
    expect(Object.keys(child).sort()).toEqual([
      'HF_HUB_OFFLINE',
      'PYTHONNOUSERSITE',
      'PYTHONSAFEPATH',
      'SITE_SCRATCH',
    ]);
  });

  test('nothing passes that is not on the list, whatever the parent holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (parent) => {
        const fixed = new Set(['HF_HUB_OFFLINE', 'PYTHONNOUSERSITE', 'PYTHONSAFEPATH']);
        for (const name of Object.keys(childEnvironment(parent))) {
          expect(fixed.has(name) || mayInherit(name)).toBe(true);
        }
      }),
    );
  });
});

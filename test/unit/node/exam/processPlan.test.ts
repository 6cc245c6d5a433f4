import { describe, expect, it } from 'vitest';
import { countPhysicalCores, planProcesses } from '../../../../src/node/exam/processPlan.ts';

const GB = 1e9;
const machine = { cores: 4, freeBytes: 16 * GB };

describe('planProcesses', () => {
  it('takes one process per core', () => {
    expect(planProcesses(400, 1.7e6, machine)).toMatchObject({ processes: 4, slots: 64 });
  });

  it('takes fewer for few items, and slots for what each gets', () => {
    expect(planProcesses(5, 1.7e6, machine)).toMatchObject({ processes: 1, slots: 8 });
    expect(planProcesses(40, 1.7e6, machine)).toMatchObject({ processes: 3, slots: 16 });
  });

  it('takes fewer where memory binds, but always one', () => {
    expect(planProcesses(400, 135e6, { cores: 8, freeBytes: 4 * GB }).processes).toBe(2);
    expect(planProcesses(400, 7e9, { cores: 8, freeBytes: 1 * GB }).processes).toBe(1);
  });

  it('does as it is asked', () => {
    expect(planProcesses(400, 1.7e6, machine, 2).processes).toBe(2);
    expect(planProcesses(3, 1.7e6, machine, 8).processes).toBe(3);
  });
});

describe('countPhysicalCores', () => {
  it('counts hyper-threads of one core once', () => {
    const cpu = (socket: number, core: number): string =>
      `processor : 0\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;
    expect(
      countPhysicalCores([cpu(0, 0), cpu(0, 1), cpu(0, 0), cpu(0, 1), cpu(1, 0)].join('\n')),
    ).toBe(3);
    expect(countPhysicalCores('processor : 0\nBogoMIPS : 50\n')).toBe(Infinity);
  });
});

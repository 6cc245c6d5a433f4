import { cpus, platform, release, totalmem } from 'node:os';

/** Where figures were measured, for their result file; memory in GB of 10^9 bytes. */
export const MEASURED_ON = {
  machine: {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
  },
  system: `${platform()} ${release()}`,
};

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], testTimeout: 20_000 } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          globalSetup: ['test/process/buildBundles.ts'],
          testTimeout: 120_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/rig/globalSetup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          // A browser, a server and an extension host on a busy machine: what fails three times has failed.
          retry: 2,
        },
      },
      {
        test: {
          name: 'soak',
          include: ['test/soak/**/*.soak.test.ts'],
          globalSetup: ['test/process/buildBundles.ts'],
          testTimeout: 1_800_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});

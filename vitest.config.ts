import { defineConfig } from 'vitest/config';

/** Engine tests start real child processes, so files share the machine's cores fairly and time-outs are generous. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

// Jest runs the TypeScript sources as ES modules: start it with node --experimental-vm-modules (npm test does).
const transform = {
  '^.+\\.(ts|tsx)$': [
    '<rootDir>/tests/support/fast-globals.mjs',
    {
      jsc: {
        parser: { syntax: 'typescript', tsx: true },
        target: 'es2022',
        transform: { react: { runtime: 'automatic' } },
      },
      module: { type: 'es6' },
    },
  ],
};
const base = {
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform,
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json', 'node'],
};
const long = process.env.TEST_LONG === '1' ? [] : ['\\.long\\.test\\.tsx?$'];

export default {
  testTimeout: 60_000,
  maxWorkers: 2,
  projects: [
    {
      ...base,
      displayName: 'node',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/tests/{architecture.test.ts,{server,media,shared,journeys}/**/*.test.ts}'],
      testPathIgnorePatterns: ['/node_modules/', ...long],
    },
    {
      ...base,
      displayName: 'client',
      testEnvironment: 'jsdom',
      testMatch: ['<rootDir>/tests/client/**/*.test.{ts,tsx}'],
      testPathIgnorePatterns: ['/node_modules/', ...long],
      moduleNameMapper: { '\\.css$': '<rootDir>/tests/support/empty-style.ts' },
    },
  ],
};

// --selectProjects takes every word after it: a path there is read as a project's name, and the whole suite runs.
const chosen = process.argv.indexOf('--selectProjects');
if (
  chosen > 0 &&
  process.argv
    .slice(chosen + 1)
    .some((word) => word.includes('/') && !word.startsWith('-') && !process.argv.includes('--testPathPatterns'))
) {
  throw new Error('Put a path after --testPathPatterns: jest --selectProjects node --testPathPatterns PATH');
}

// What a run of tests makes once, before the first file: what databases start from, where to ask for a browser, and a folder for all that
// tests and their children leave in the system's temporary one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { serveChromium } from './chromium-server.ts';
import { prepareBoth } from './storage/test-dump.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers where the run's Chromium is. */
    chromiumUrl: string;
  }
}

export async function setup(project: TestProject) {
  const scratch = mkdtempSync(join(tmpdir(), 'dab-tests-'));
  process.env.TMPDIR = scratch;
  const chromium = await serveChromium();
  project.provide('chromiumUrl', chromium.url);
  await prepareBoth();
  return async () => {
    await chromium.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
}

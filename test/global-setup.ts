// What a run of tests makes once, before the first file: what databases start from, and where to ask for a browser.
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
  const chromium = await serveChromium();
  project.provide('chromiumUrl', chromium.url);
  await prepareBoth();
  return () => chromium.close();
}

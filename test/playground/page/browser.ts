// Opens pages in the run's Chromium; where there is none, the tests of pages are skipped and say so loudly.
import { buffer } from 'node:stream/consumers';
import { type Browser, chromium, type Download, type Page } from 'playwright-core';
import { inject, test } from 'vitest';
import { CHROMIUM, NAMES } from '../../chromium-server.ts';

export { CHROMIUM };

if (CHROMIUM === undefined) {
  process.stderr.write(`\nSKIPPED: no Chromium for the tests of pages. Set CHROMIUM_PATH or put ${NAMES.join(' or ')} on PATH.\n\n`);
}

/** The browser that all test files share. Closing it closes the pages that were opened with it, and no others. */
export async function launch(): Promise<Browser> {
  const answer = await fetch(inject('chromiumUrl'));
  const said = await answer.text();
  if (!answer.ok) throw new Error(`Chromium did not start: ${said}`);
  return await chromium.connect(said);
}

/** Tests with a `browser`, closed behind the last of the file. */
export const browserTest = test.extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
  const browser = await launch();
  onCleanup(() => browser.close());
  return browser;
});

/** What is looked for comes within a moment, on a machine that does much else in many; a little less than a test has (vitest.config.ts). */
const PATIENCE_MS = 50_000;

/** A page whose every error, complaint and outside request is kept in `problems`. */
export async function openPage(
  browser: Browser,
  url: string,
  size = { width: 1280, height: 800 },
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport: size });
  const problems: string[] = [];
  page.setDefaultTimeout(PATIENCE_MS);
  page.setDefaultNavigationTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && problems.push(`console: ${message.text()}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) problems.push(`outside: ${request.url()}`);
  });
  await page.goto(url);
  await page.locator('.channel.current').waitFor();
  return { page, problems };
}

/** What was downloaded. */
export async function bytesOf(download: Download): Promise<Buffer> {
  return await buffer(await download.createReadStream());
}

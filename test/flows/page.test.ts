// The main job as a person does it: `npm run playground`, its page in a real browser, every click on the screen.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { browserTest, bytesOf, CHROMIUM, openPage } from '../playground/page/browser.ts';
import { findCli } from './stack.ts';
import { STEP_MS } from './thread.ts';

const cli = await findCli();
const ROOT = join(import.meta.dirname, '..', '..');
/** Where screenshots go when somebody wants to look at them; README shows `card.png` as docs/playground.png. */
const SHOTS = process.env.SCREENSHOTS_DIR;

const test = browserTest
  .extend('url', { scope: 'file' }, async ({}, { onCleanup }) => {
    const playground = spawn('npm', ['run', '--silent', 'playground'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    onCleanup(() => end(playground));
    return urlOf(playground);
  })
  .extend('opened', { scope: 'file' }, async ({ browser, url }) => {
    const opened = await openPage(browser, url, { width: 1280, height: 1080 });
    opened.page.setDefaultTimeout(STEP_MS);
    return opened;
  })
  .extend('page', { scope: 'file' }, ({ opened }) => opened.page)
  .extend('thread', { scope: 'file' }, ({ page }) => page.getByRole('region', { name: 'Thread', exact: true }));

/** The page's address, as the playground says it; rejects with its words when it ends instead. */
function urlOf(playground: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    for (const stream of [playground.stdout, playground.stderr])
      stream?.on('data', (chunk) => {
        output += chunk;
        const url = /http:\/\/\S+key=\S+/.exec(output)?.[0];
        if (url !== undefined) resolve(url);
      });
    playground.once('error', reject);
    playground.once('exit', () => reject(new Error(`the playground ended; it said:\n${output}`)));
  });
}

/** npm, its shell and the playground are one process group. */
async function end(playground: ChildProcess): Promise<void> {
  if (playground.pid === undefined || playground.exitCode !== null || playground.signalCode !== null) return;
  process.kill(-playground.pid, 'SIGTERM');
  await once(playground, 'exit');
}

const inThread = (thread: Locator, text: string | RegExp) => thread.locator('.message', { hasText: text }).last();
const say = async (box: Locator, text: string) => {
  await box.fill(text);
  await box.press('Enter');
};
const become = async (page: Page, id: string) => {
  await page.locator(`[data-person=${id}]`).click();
  await page
    .getByText(/\d+ repl(y|ies)/)
    .first()
    .click();
};
async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

describe.skipIf(cli.state !== 'ready' || CHROMIUM === undefined)('the playground page', () => {
  test('connects an unlinked person through the sign-in pages and goes on by itself', async ({ page }) => {
    await say(page.getByRole('textbox', { name: /Message/ }), '/dab job 123');
    const connect = page.locator('.ephemeral').getByText('Connect to Databricks', { exact: true });
    const [popup] = await Promise.all([page.context().waitForEvent('page'), connect.click()]);
    popup.setDefaultTimeout(STEP_MS);
    await popup.getByRole('button', { name: 'Continue to Databricks' }).click();
    await popup.getByText('ana@acme.example').first().click();
    await popup.getByText('Are both of these you?').waitFor();
    expect(await popup.locator('dl').innerText()).toContain('ana@acme.example');
    await popup.getByRole('button', { name: 'Confirm' }).click();
    await popup.getByText('You can close this tab').waitFor();
    await popup.close();
    await page.locator('.message', { hasText: 'asked for a bundle of job 123 · Churn' }).first().waitFor();
  });

  test('shows steps, answer, zip and card in the thread that opened by itself', async ({ page, thread }) => {
    await inThread(thread, 'Reading job 123').waitFor();
    await shoot(page, 'steps');
    const card = inThread(thread, 'churn · version 1');
    await card.getByRole('button', { name: 'Deploy to dev' }).waitFor();
    expect(await card.innerText()).toMatch(/Nothing lost: \d+ settings, \d+ files/);
    expect(await card.innerText()).toContain('Create your own paused copy of Churn in dev. Nothing that exists changes.');
    await shoot(page, 'card');
    const [download] = await Promise.all([page.waitForEvent('download'), thread.getByText('churn-v1.zip').click()]);
    const files = unzipSync(await bytesOf(download));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['churn/databricks.yml', 'churn/resources/churn.job.yml', 'churn/PROOF.md']));
  });

  test('opens the whole proof in a modal', async ({ page, thread }) => {
    await inThread(thread, 'churn · version 1').getByRole('button', { name: 'Show the proof' }).click();
    const modal = page.getByRole('dialog');
    await modal.getByText('As target').waitFor();
    expect(await modal.innerText()).toContain('identical');
    await modal.getByRole('button', { name: 'Close' }).last().click();
    await modal.waitFor({ state: 'hidden' });
  });

  test('takes a reply: diff, version 2 and a new card, the old one without its buttons', async ({ page, thread }) => {
    await say(thread.getByRole('textbox'), 'run it on serverless');
    await inThread(thread, 'churn · version 2').getByRole('button', { name: 'Deploy to dev' }).waitFor();
    expect(await thread.locator('pre').last().innerText()).toMatch(/^- +job_cluster_key: /m);
    await thread.locator('.message', { hasText: 'A newer card has replaced this one' }).waitFor();
    await shoot(page, 'version-2');
  });

  test('refuses ben, who is not linked', async ({ page, thread }) => {
    await become(page, 'U_BEN');
    await inThread(thread, 'churn · version 2').getByRole('button', { name: 'Deploy to dev' }).click();
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.locator('.ephemeral', { hasText: 'this click did nothing' }).first().waitFor();
    await shoot(page, 'refused');
  });

  test('deploys when ana confirms, and links to the job that is there', async ({ opened: { page, problems }, thread }) => {
    await become(page, 'U_ANA');
    const card = inThread(thread, 'churn · version 2');
    await card.getByRole('button', { name: 'Deploy to dev' }).click();
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    const deployed = inThread(thread, 'and deployed to dev');
    await deployed.waitFor();
    expect(await deployed.innerText()).toContain('Approved by @ana');
    expect(await deployed.getByRole('button', { name: 'Deploy to dev' }).count()).toBe(0);
    await shoot(page, 'deployed');
    const link = deployed.getByRole('link', { name: '[dev ana] Churn' });
    const job = await fetch((await link.getAttribute('href')) ?? '');
    expect(await job.text()).toContain('[dev ana] Churn');
    expect(problems.filter((problem) => !problem.startsWith('outside: http://127.0.0.1'))).toEqual([]);
  });
});

// The main job as a person does it: `npm run playground`, its page in a real browser, every click on the screen.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, CHROMIUM, launch, openPage } from '../playground/page/browser.ts';
import { findCli, STEP_MS } from './playground.ts';

const cli = await findCli();
const ROOT = join(import.meta.dirname, '..', '..');
/** Where screenshots go when somebody wants to look at them; README shows `card.png` as docs/playground.png. */
const SHOTS = process.env.SCREENSHOTS_DIR;

describe.skipIf(cli.state !== 'ready' || CHROMIUM === undefined)('the playground page', () => {
  let playground: ChildProcess;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  let output = '';

  beforeAll(async () => {
    playground = spawn('npm', ['run', '--silent', 'playground'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [playground.stdout, playground.stderr]) stream?.on('data', (chunk) => (output += chunk));
    const url = await until(() => /http:\/\/\S+key=\S+/.exec(output)?.[0]);
    browser = await launch();
    ({ page, problems } = await openPage(browser, url, { width: 1280, height: 1080 }));
    page.setDefaultTimeout(STEP_MS);
    if (SHOTS !== undefined) await mkdir(SHOTS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    if (playground?.pid !== undefined) process.kill(-playground.pid, 'SIGTERM');
  });

  async function until<T>(look: () => T | undefined): Promise<T> {
    const end = Date.now() + STEP_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`waited in vain; the playground said:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const shot = async (name: string) => SHOTS !== undefined && page.screenshot({ path: join(SHOTS, `${name}.png`) });
  const thread = () => page.getByRole('region', { name: 'Thread', exact: true });
  const inThread = (text: string | RegExp): Locator => thread().locator('.message', { hasText: text }).last();
  const say = async (box: Locator, text: string) => {
    await box.fill(text);
    await box.press('Enter');
  };
  const composer = () => page.getByRole('textbox', { name: /Message/ });
  const person = (id: string) => page.locator(`[data-person=${id}]`).click();
  const openThread = () =>
    page
      .getByText(/\d+ repl(y|ies)/)
      .first()
      .click();

  it('connects an unlinked person through the sign-in pages and goes on by itself', async () => {
    await say(composer(), '/dab job 123');
    const connect = page.locator('.ephemeral').getByText('Connect to Databricks', { exact: true });
    const [popup] = await Promise.all([page.context().waitForEvent('page'), connect.click()]);
    await popup.getByRole('button', { name: 'Continue to Databricks' }).click();
    await popup.getByText('ana@acme.example').first().click();
    await popup.getByText('Are both of these you?').waitFor();
    expect(await popup.locator('dl').innerText()).toContain('ana@acme.example');
    await popup.getByRole('button', { name: 'Confirm' }).click();
    await popup.getByText('You can close this tab').waitFor();
    await popup.close();
    await page.locator('.message', { hasText: 'asked for a bundle of job 123 · Churn' }).first().waitFor();
  });

  it('shows steps, answer, zip and card in the thread that opened by itself', async () => {
    await inThread('Reading job 123').waitFor();
    await shot('steps');
    const card = inThread('churn · version 1');
    await card.getByRole('button', { name: 'Deploy to dev' }).waitFor();
    expect(await card.innerText()).toMatch(/\d+ settings: \d+ identical.*0 dropped/);
    expect(await card.innerText()).toContain('The schedule of churn is paused.');
    await shot('card');
    const [download] = await Promise.all([page.waitForEvent('download'), thread().getByText('churn-v1.zip').click()]);
    const files = unzipSync(await bytesOf(download));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['databricks.yml', 'resources/churn.job.yml', 'PROOF.md']));
  });

  it('opens the whole proof in a modal', async () => {
    await inThread('churn · version 1').getByRole('button', { name: 'Show the proof' }).click();
    const modal = page.getByRole('dialog');
    await modal.getByText('As target').waitFor();
    expect(await modal.innerText()).toContain('identical');
    await modal.getByRole('button', { name: 'Close' }).last().click();
    await modal.waitFor({ state: 'hidden' });
  });

  it('takes a reply: diff, version 2 and a new card, the old one without its buttons', async () => {
    await say(thread().getByRole('textbox'), 'run it on serverless');
    await inThread('churn · version 2').getByRole('button', { name: 'Deploy to dev' }).waitFor();
    expect(await thread().locator('pre').last().innerText()).toMatch(/^- +job_cluster_key: /m);
    await thread().locator('.message', { hasText: 'A newer card has replaced this one' }).waitFor();
    await shot('version-2');
  });

  it('refuses ben, who is not linked', async () => {
    await person('U_BEN');
    await openThread();
    await inThread('churn · version 2').getByRole('button', { name: 'Deploy to dev' }).click();
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.locator('.ephemeral', { hasText: 'this click did nothing' }).first().waitFor();
    await shot('refused');
  });

  it('deploys when ana confirms, and links to the job that is there', async () => {
    await person('U_ANA');
    await openThread();
    const card = inThread('churn · version 2');
    await card.getByRole('button', { name: 'Deploy to dev' }).click();
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    const deployed = inThread('and deployed to dev');
    await deployed.waitFor();
    expect(await deployed.innerText()).toContain('Approved by @ana');
    expect(await deployed.getByRole('button', { name: 'Deploy to dev' }).count()).toBe(0);
    await shot('deployed');
    const link = deployed.getByRole('link', { name: '[dev ana] Churn' });
    const job = await fetch((await link.getAttribute('href')) ?? '');
    expect(await job.text()).toContain('[dev ana] Churn');
    expect(problems.filter((problem) => !problem.startsWith('outside: http://127.0.0.1'))).toEqual([]);
  });
});

// Finds Chromium, and keeps one for all test files of a run: it starts when the first of them asks (facts: libraries#test-tools).
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import type { BrowserServer } from 'playwright-core';

export const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Its path; undefined where there is none. */
export const CHROMIUM = find();

function find(): string | undefined {
  const told = process.env.CHROMIUM_PATH;
  if (told !== undefined && told !== '') return told;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** Answers at `url` where the browser is, for Playwright to connect to. Nothing is started before somebody asks. */
export async function serveChromium(): Promise<{ url: string; close(): Promise<void> }> {
  let started: Promise<BrowserServer> | undefined;
  const start = async () => {
    const { chromium } = await import('playwright-core');
    return await chromium.launchServer({ executablePath: CHROMIUM ?? '', args: FLAGS });
  };
  const server = createServer(async (_request, response) => {
    try {
      started ??= start();
      response.end((await started).wsEndpoint());
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      await (await started?.catch(() => undefined))?.close();
    },
  };
}

// The sign-in in a real browser: what only a browser enforces (form-action over redirects, SameSite, Sec-Fetch-Site) lets a person through.
import { expect } from 'vitest';
import { ANA, ANA_ASKS, identityTest } from '../identity/rig.ts';
import { CHROMIUM, launch } from '../playground/page/browser.ts';

const it = identityTest.extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
  const browser = await launch();
  onCleanup(() => browser.close());
  return browser;
});

it.skipIf(CHROMIUM === undefined)(
  'goes from the link over Databricks to Connected, with no complaint in the console',
  async ({ rig, browser }) => {
    const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      // Browsers ask for an icon; there is none.
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) complaints.push(message.text());
    });
    const shots = process.env.SCREENSHOTS_DIR;
    const shoot = async (name: string) => {
      if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
    };
    const { url } = await rig.identities.startLink(ANA_ASKS);
    await page.goto(url);
    await shoot('sign-in-ask');
    await page.getByRole('button', { name: 'Continue to Databricks' }).click();
    await page.getByRole('button', { name: /ana@acme\.example/ }).click();
    await page.getByRole('button', { name: 'Confirm' }).waitFor();
    await shoot('sign-in-confirm');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Connected' }).waitFor();
    await shoot('sign-in-done');
    expect(await rig.identities.of(ANA)).toMatchObject({ userName: 'ana@acme.example' });
    expect(complaints).toEqual([]);
    await page.goto(url);
    expect(await page.getByRole('heading').textContent()).toBe('This sign-in is over');
    await shoot('sign-in-refused');
  },
);

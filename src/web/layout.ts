// The frame of every page: one card, one inline style that the policy knows by its hash, no script.
import { createHash } from 'node:crypto';
import { type Html, html } from './html.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #5d5d68; --line: #dfe1e6; --card: #fff; --back: #f4f5f7; --act: #1264a3; --on: #fff; --bad: #a3311f; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --soft: #a5a7b3; --line: #3a3c45; --card: #22242b; --back: #17181d; --act: #58a6e0; --on: #10141a; --bad: #f08a78; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 30rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 32px; box-shadow: 0 1px 3px rgb(0 0 0 / .08); overflow-wrap: anywhere; }
.brand { margin: 0 0 20px; color: var(--soft); font-size: 14px; letter-spacing: .02em; }
h1 { margin: 0 0 12px; font-size: 22px; line-height: 1.25; }
p { margin: 0 0 12px; }
.soft { color: var(--soft); font-size: 14px; }
dl { margin: 20px 0; border: 1px solid var(--line); border-radius: 8px; }
dl div { padding: 12px 16px; }
dl div + div { border-top: 1px solid var(--line); }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-weight: 600; }
dd span { display: block; color: var(--soft); font-weight: 400; font-size: 14px; }
form { display: flex; gap: 12px; flex-wrap: wrap; margin: 20px 0 0; }
button { font: inherit; font-weight: 600; padding: 10px 18px; border-radius: 8px; border: 1px solid var(--line); background: transparent; color: var(--ink); cursor: pointer; }
button.main { background: var(--act); border-color: var(--act); color: var(--on); }
button:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
.bad h1 { color: var(--bad); }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The policy of a page. `formTo`: further places its forms may lead to, also by redirect (browsers check the whole chain). */
export function policyOf(formTo: readonly string[] = []): string {
  const formAction = ["'self'", ...formTo].join(' ');
  return `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`;
}

/** A whole document. */
export function pageOf(page: { title: string; body: Html; bad?: boolean }): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title} · DAB Bot</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main class="${page.bad === true ? 'bad' : 'good'}">
<p class="brand">DAB Bot</p>
<h1>${page.title}</h1>
${page.body}
</main>
</body>
</html>
`;
  return document.html;
}

// The look of the stand-in's few pages, and escaping.

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b2733; --soft: #5f7281; --line: #dce3e8; --card: #fff; --back: #f4f6f8; --accent: #c4361c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf1; --soft: #9db0be; --line: #33434f; --card: #1c272f; --back: #11191f; --accent: #ff7a5c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { padding: 14px 24px; border-bottom: 1px solid var(--line); background: var(--card); font-weight: 600; }
header b { color: var(--accent); }
main { max-width: 1080px; margin: 32px auto; padding: 0 20px; }
main.narrow { max-width: 440px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 24px; margin-bottom: 20px; }
h1 { font-size: 22px; margin: 0 0 6px; } h2 { font-size: 16px; margin: 0 0 12px; }
p { margin: 0 0 14px; } .soft { color: var(--soft); }
button { display: block; width: 100%; padding: 12px 14px; margin-top: 10px; text-align: left; font: inherit; color: inherit; cursor: pointer;
  background: var(--back); border: 1px solid var(--line); border-radius: 8px; }
button:hover, button:focus-visible { border-color: var(--accent); } button.plain { background: none; border: 0; text-align: center; color: var(--soft); }
table { width: 100%; border-collapse: collapse; } td, th { text-align: left; padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td .soft { overflow-wrap: anywhere; }
pre { overflow: auto; font: 13px/1.45 ui-monospace, monospace; margin: 0; } a { color: var(--accent); }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 1px 10px; margin: 0 6px 6px 0; font-size: 13px; }`;

/** A whole page; `body` is HTML already. */
export function htmlPage(title: string, workspaceName: string, body: string, narrow = false): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} · ${escapeHtml(workspaceName)}</title><style>${STYLE}</style>
<header><b>◆</b> ${escapeHtml(workspaceName)}</header><main${narrow ? ' class="narrow"' : ''}>${body}</main></html>`;
}

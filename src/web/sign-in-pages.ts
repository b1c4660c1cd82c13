// The pages of the sign-in: identity's words and names, as HTML.
import type { LinkPage, SlackPerson } from '../identity/link-pages.ts';
import { type Html, html } from './html.ts';
import { pageOf, policyOf } from './layout.ts';

export interface Rendered {
  readonly status: number;
  readonly policy: string;
  readonly text: string;
}

export function renderLinkPage(page: LinkPage): Rendered {
  switch (page.kind) {
    case 'ask':
      return rendered(
        'Connect Databricks to Slack',
        html`<p>Somebody asked for this in Slack. Go on only if that was you.</p>
<dl>${slack(page)}${row('Databricks workspace', page.host, '')}</dl>
<p class="soft">DAB Bot will read jobs and deploy what you approve, as you and with your rights. You can disconnect at any time in Slack.</p>
<form method="post" action="/auth/start/${page.nonce}"><button class="main">Continue to Databricks</button></form>`,
        // The way to the sign-in leads over the workspace to whatever single sign-on it uses, all of it by redirect from this form.
        [...new Set([new URL(page.host).origin, 'https:'])],
      );
    case 'confirm':
      return rendered(
        'Are both of these you?',
        html`<dl>${slack(page)}${row('Databricks', page.displayName, page.userName)}${row('Databricks workspace', page.host, '')}</dl>
<p class="soft">After Confirm, what this Slack user asks DAB Bot to do is done with this Databricks account.</p>
<form method="post" action="/auth/confirm">
<input type="hidden" name="nonce" value="${page.nonce}"><input type="hidden" name="csrf" value="${page.csrf}">
<button class="main" name="answer" value="confirm">Confirm</button><button name="answer" value="cancel">Cancel</button>
</form>`,
      );
    case 'done':
      return rendered(
        'Connected',
        html`<p>You can close this tab; the command goes on in Slack.</p><dl>${slack(page)}${row('Databricks', page.displayName, page.userName)}</dl>`,
      );
    case 'refused':
      return renderProblem(page);
  }
}

/** `formTo`: further places that its form may lead to. */
function rendered(title: string, body: Html, formTo: readonly string[] = []): Rendered {
  return { status: 200, policy: policyOf(formTo), text: pageOf({ title, body }) };
}

/** A page that says what went wrong and what to do. */
export function renderProblem(page: { status: number; title: string; problem: string; next: string }): Rendered {
  const body = html`<p>${page.problem}</p><p>${page.next}</p>`;
  return { status: page.status, policy: policyOf(), text: pageOf({ title: page.title, body, bad: page.status >= 400 }) };
}

function slack(person: SlackPerson): Html {
  return row('Slack', person.slackName, `${person.slackEmail} in team ${person.team}`);
}

function row(name: string, value: string, more: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}${more === '' ? [] : html`<span>${more}</span>`}</dd></div>`;
}

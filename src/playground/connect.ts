// Links a Slack user as their browser would: opens the bot's page, signs in at the workspace, confirms.
import type { DatabricksStandIn } from './databricks/stand-in.ts';

/** Walks from the address behind the Connect button to the last page; answers that page's HTML. Throws where a page has no such form. */
export async function connectAs(databricks: DatabricksStandIn, startUrl: string, userName: string): Promise<string> {
  const cookies = new Map<string, string>();
  const visit = async (url: string, form?: URLSearchParams) => {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form ? { 'sec-fetch-site': 'same-origin' } : {}),
      },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split(/=(.*)/s);
      cookies.set(name, value);
    }
    return answer;
  };

  const ask = formOf(await (await visit(startUrl)).text(), startUrl);
  const redirect = await visit(ask.action, ask.fields);
  const authorizeUrl = redirect.headers.get('location');
  if (authorizeUrl === null) throw new Error(`No way to the sign-in: ${redirect.status} ${await redirect.text()}`);
  const callbackUrl = await databricks.signIn(authorizeUrl, userName);
  const confirm = formOf(await (await visit(callbackUrl)).text(), callbackUrl);
  confirm.fields.set('answer', 'confirm');
  return (await visit(confirm.action, confirm.fields)).text();
}

/** The first form of a page: where it goes and what it hides. */
function formOf(page: string, base: string): { action: string; fields: URLSearchParams } {
  const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1];
  if (action === undefined) throw new Error(`The page has no form: ${page.replace(/<[^>]+>/g, ' ').slice(0, 500)}`);
  const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return {
    action: new URL(action, base).href,
    fields: new URLSearchParams(hidden.map(([, name = '', value = '']): [string, string] => [name, value])),
  };
}

// Walks through the sign-in page as a person's browser does, for tests and for playing a conversation without a page.

const MAX_STEPS = 12;

/**
 * Opens an authorize URL of the stand-in, chooses a user (`undefined` cancels) and follows redirects until they leave the stand-in. Answers the
 * address of that last redirect, with its code and state; it is not opened. Throws where the sign-in shows an error page instead.
 */
export async function walkSignIn(host: string, authorizeUrl: string, userName: string | undefined): Promise<string> {
  const cookies = new Map<string, string>();
  let url = authorizeUrl;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split(/=(.*)/s);
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    form = undefined;
    if (location !== null) {
      await response.arrayBuffer();
      url = new URL(location, url).href;
      if (!url.startsWith(`${host}/oidc/`)) return url;
      continue;
    }
    const text = await response.text();
    if (!response.ok || !text.includes('name="account"'))
      throw new Error(
        `The sign-in answered ${response.status} in place of a form: ${text.replace(/<style>.*<\/style>|<[^>]+>/gs, ' ').slice(0, 300)}`,
      );
    form = new URLSearchParams({ account: userName ?? '' });
  }
  throw new Error('The sign-in did not end.');
}

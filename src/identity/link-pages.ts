// What the sign-in's pages say, as data: web renders them.

/** Who a sign-in is about on the Slack side. All of it is text from Slack: anybody can call themselves anything. */
export interface SlackPerson {
  readonly slackName: string;
  readonly slackEmail: string;
  readonly team: string;
  readonly host: string;
}

interface Account {
  readonly userName: string;
  readonly displayName: string;
}

export type LinkPage =
  /** "Ana asked to connect…" with [Continue to Databricks]. */
  | ({ readonly kind: 'ask'; readonly nonce: string } & SlackPerson)
  /** Both identities, with [Confirm] and [Cancel]. */
  | ({ readonly kind: 'confirm'; readonly nonce: string; readonly csrf: string } & Account & SlackPerson)
  | ({ readonly kind: 'done' } & Account & SlackPerson)
  | RefusedPage;

export interface RefusedPage {
  readonly kind: 'refused';
  /** The HTTP status that fits. */
  readonly status: number;
  readonly title: string;
  readonly problem: string;
  readonly next: string;
}

const AGAIN = 'Go back to Slack and press Connect again.';

/** Every way a sign-in can end without a link, in words for people. */
export const refused = {
  unknown: page(404, 'This link does not work', 'It is not complete, or its time is long over.', AGAIN),
  expired: page(410, 'This link has expired', 'A sign-in has ten minutes from the moment you press Connect.', AGAIN),
  used: page(
    409,
    'This sign-in is over',
    'It was finished or stopped before; each one works once.',
    `If Slack does not say that you are connected: ${AGAIN}`,
  ),
  otherBrowser: page(
    403,
    'Another browser started this sign-in',
    'This page came without the cookie of the browser in which you pressed Continue, so we stopped.',
    `Use one browser for the whole sign-in and let it keep cookies. ${AGAIN}`,
  ),
  forged: page(
    403,
    'This answer was not expected',
    'It does not belong to a sign-in that was started here, so nothing was connected.',
    AGAIN,
  ),
  badForm: page(
    403,
    'This form was not ours',
    'The confirmation did not come from the page that we showed, so nothing was connected.',
    AGAIN,
  ),
  unavailable: page(502, 'Databricks did not answer as it should', 'Nothing was connected.', `Try again in a minute: ${AGAIN}`),
  rejected: page(400, 'Databricks did not accept the sign-in', 'Nothing was connected.', AGAIN),
  denied: page(200, 'You said no', 'Databricks was told not to let DAB Bot in. Nothing was connected.', 'You can close this tab.'),
  cancelled: page(200, 'Cancelled', 'Nothing was connected, and the sign-in was thrown away.', 'You can close this tab.'),
  otherAccount: (person: SlackPerson, userName: string) =>
    page(
      403,
      'These are two different people',
      `In Slack you are ${person.slackEmail}, and in Databricks you signed in as ${userName}. They have to be the same e-mail address. Nothing was connected.`,
      `Sign out of Databricks (${person.host}), then: ${AGAIN} If your addresses really differ, ask whoever runs DAB Bot.`,
    ),
} as const;

function page(status: number, title: string, problem: string, next: string): RefusedPage {
  return { kind: 'refused', status, title, problem, next };
}

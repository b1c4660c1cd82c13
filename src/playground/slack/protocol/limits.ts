// Slack's limits as the stand-in enforces them, each with its source.

/** Words a person gets from Slack itself. */
export const WORDS = {
  noAnswer: (command: string) => `${command} failed because the app did not respond`,
  noApp: (command: string) => `${command} failed with the error "dispatch_failed"`,
  inThread: (command: string) => `${command} is not supported in threads. Sorry!`,
  unknown: (command: string) =>
    `${command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands. If you are trying to send a message and not run a command, try preceding the "/" with an empty space.`,
  actionFailed: 'That didn’t work: the app did not respond. Try again in a moment.',
  modalFailed: 'We had some trouble connecting. Try again?',
  required: 'Please complete this required field.',
  wentWrong: 'Something went wrong',
} as const;

/** Blocks of a message or stream, and of a modal or home tab (facts: slack#blocks-and-their-limits). */
export const MESSAGE_BLOCKS = 50;
export const VIEW_BLOCKS = 100;
/** A view as JSON, in bytes (facts: slack#modals-and-the-home-tab). */
export const VIEW_BYTES = 250_000;
/** Views above the root of a modal (facts: slack#modals-and-the-home-tab). */
export const PUSHED_VIEWS = 2;
/** Text of all markdown blocks of one payload, and markdown_text (facts: slack#blocks-and-their-limits). */
export const MARKDOWN_TEXT = 12_000;
/** Text of all blocks, characters: `msg_blocks_too_long` (facts: slack#blocks-and-their-limits). */
export const ALL_BLOCKS_TEXT = 13_200;
/** Characters of `text` in chat.postMessage and in chat.update (facts: slack#blocks-and-their-limits). */
export const POST_TEXT = 40_000;
export const UPDATE_TEXT = 4_000;

/** A stream is sealed this long after its start, whatever is appended (facts: slack#streams). */
export const STREAM_LIFE_MS = 300_000;
/** Weighted UTF-8 bytes of a stream: text and titles once, details and output twice (facts: slack#streams). */
export const STREAM_BYTES = 10_600;
/** Tasks of a stream or plan block (facts: slack#streams, slack#blocks-and-their-limits). */
export const TASKS = 50;

/** Commands, clicks, views and events are acked within (facts: slack#events-and-retries). */
export const ACK_MS = 3_000;
/** A trigger_id opens one view within (facts: slack#modals-and-the-home-tab). */
export const TRIGGER_MS = 3_000;
/** response_url: posts, and how long (facts: slack#slash-commands). */
export const RESPONSE_POSTS = 5;
export const RESPONSE_MS = 30 * 60_000;
/** An event not acked is sent again at once, after 1 and after 5 minutes (facts: slack#events-and-retries). */
export const RETRY_AFTER_MS = [0, 60_000, 300_000] as const;
/** Socket Mode connections of an app (facts: slack#socket-mode). */
export const SOCKETS = 10;
/** The client gives a connection up after 30 s without a ping of the server (facts: slack#socket-mode). */
export const SERVER_PING_MS = 10_000;

/** Calls a minute by tier (facts: slack#rate-limits). */
export const TIER_PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;
/** chat.postMessage: one a second in a channel, with short bursts (facts: slack#rate-limits; the burst is a guess). */
export const POSTS_PER_SECOND = 1;
export const POST_BURST = 10;

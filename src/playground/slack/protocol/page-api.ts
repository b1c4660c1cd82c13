// The types of what the Slack stand-in's page and its server say to each other; types only, no code.

/** A Block Kit block, element or composition object as the bot sent it. */
export type Block = { readonly type: string; readonly block_id?: string; readonly [key: string]: unknown };

export interface PageUser {
  readonly id: string;
  /** The short name, such as `ana`. */
  readonly name: string;
  readonly realName: string;
  readonly guest: boolean;
}

export interface PageChannel {
  readonly id: string;
  /** Without `#`; for a DM the other side's name. */
  readonly name: string;
  readonly isDm: boolean;
  /** Whether the bot is a member. */
  readonly member: boolean;
}

export interface PageFile {
  readonly id: string;
  readonly name: string;
  /** Bytes. Fetched at `/page/file/<id>/<name>?key=…`. */
  readonly size: number;
}

interface PageTask {
  readonly id: string;
  readonly title: string;
  readonly status: 'pending' | 'in_progress' | 'complete' | 'error';
  /** Markdown-ish text; empty when the bot gave none. */
  readonly details: string;
  readonly output: string;
}

/** What of a stream this viewer sees by now. In a channel everybody but the recipient sees the first call's chunks until the stop. */
interface PageStreamChunks {
  readonly planTitle?: string;
  readonly tasks: readonly PageTask[];
  /** Markdown, all text chunks joined. */
  readonly text: string;
  readonly blocks?: readonly Block[];
}

export interface PageStream {
  /** True while the bot may still append. */
  readonly live: boolean;
  readonly displayMode: 'timeline' | 'plan';
  readonly chunks: PageStreamChunks;
  /** Slack sealed it with an open task, or it ran out: the pill "Something went wrong". */
  readonly error?: string;
}

/** A message as one viewer sees it; within a channel `ts` is its key, for an ephemeral one `ephemeralId`. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  /** The root's ts, on replies only (never on the root). */
  readonly threadTs?: string;
  readonly user: string;
  /** The short name of a person, the display name of the bot. */
  readonly userName: string;
  readonly isBot: boolean;
  /** mrkdwn; with `blocks` only the fallback. */
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly files?: readonly PageFile[];
  /** Present on "Only visible to you" messages. */
  readonly ephemeralId?: string;
  readonly edited?: boolean;
  readonly replyCount?: number;
  readonly reactions?: readonly { readonly name: string; readonly users: readonly string[] }[];
  readonly stream?: PageStream;
  /** True on a thread's root while the agent works: Slack shows its Stop button then. */
  readonly agentStatus?: 'active' | 'processing' | 'suspended' | 'closed';
}

/** An open modal (or its topmost pushed view). `title`, `submit`, `close` are plain_text objects as the bot sent them. */
export interface View {
  readonly id: string;
  readonly callback_id: string;
  readonly type: 'modal' | 'home';
  readonly title?: { readonly type: string; readonly text: string };
  readonly submit?: { readonly type: string; readonly text: string };
  readonly close?: { readonly type: string; readonly text: string };
  readonly blocks: readonly Block[];
  readonly hash: string;
}

/** Slack's `view.state.values`: block_id → action_id → what the input holds, such as `{type, value}` or `{type, selected_option}`. */
export type ViewValues = Record<string, Record<string, Record<string, unknown>>>;

export interface PageState {
  readonly me: PageUser;
  readonly team: { readonly id: string; readonly name: string };
  readonly users: readonly PageUser[];
  readonly channels: readonly PageChannel[];
  /** Everything this person sees by now, ephemeral messages included, oldest first. */
  readonly messages: readonly Message[];
  readonly modal: View | null;
  readonly home: View | null;
}

/** The events of `GET /page/stream`: `event: <name>`, `data: <JSON of the type below>`. */
export interface PageEvents {
  /** New or changed: replace by channel + ts. */
  readonly message: { readonly message: Message };
  readonly removed: { readonly channel: string; readonly ts: string };
  readonly ephemeral: { readonly message: Message };
  readonly ephemeral_removed: { readonly id: string };
  /** `errors`: block_id → words under that input; the view stays as it is. */
  readonly modal: { readonly view: View | null; readonly errors?: Readonly<Record<string, string>> };
  readonly home: { readonly view: View };
  /** Slack's own words over the page, such as an app that did not answer a click. */
  readonly toast: { readonly text: string };
}

/** Bodies of the POSTs; all answer `{ok: true}` or `{ok: false, error: <words for people>}` with 400. */
export interface PageRequests {
  /** A text that starts with `/` is a slash command; in a thread that is refused with Slack's words. */
  readonly '/page/message': { readonly as: string; readonly channel: string; readonly threadTs?: string; readonly text: string };
  readonly '/page/action': {
    readonly as: string;
    /** For a click inside a modal or the home tab: leave channel and messageTs empty and give `viewId`. */
    readonly channel: string;
    readonly messageTs: string;
    readonly ephemeralId?: string;
    readonly viewId?: string;
    readonly blockId: string;
    readonly actionId: string;
    readonly value?: string;
  };
  readonly '/page/modal': { readonly as: string; readonly viewId: string } & ({ readonly values: ViewValues } | { readonly close: true });
  /** Slack's own Stop button of a thread the agent works in. */
  readonly '/page/stop': { readonly as: string; readonly channel: string; readonly threadTs: string };
  /** The person opens the app's home or messages tab. */
  readonly '/page/home': { readonly as: string; readonly tab: 'home' | 'messages' };
}

// The files of a conversation: into its thread, or, where others than the team read that, directly to people who may read what they are of.
import type { WebClient } from '@slack/web-api';
import { archive } from '../../bundle/edit/archive.ts';
import type { ConversationRow } from '../../conversation/rows.ts';
import { contentsOf } from '../../conversation/stored-versions.ts';
import { hideSecrets } from '../../conversation/story/hide-secrets.ts';
import type { ThreadMessage } from '../../conversation/thread-port.ts';
import type { Logger } from '../../values/log.ts';
import { slackError } from '../bolt/passing.ts';
import { renderElsewhere, renderFileInWords } from '../views/lesser-forms.ts';
import { renderSentDirectly } from '../views/reply.ts';
import { escapeText } from '../views/slack-text.ts';
import type { Form } from './delivery.ts';
import { directChannel } from './direct-channel.ts';
import type { CardRows } from './drawing.ts';
import { aboutOf, type MayRead } from './may-read.ts';
import type { Poster, Upload } from './poster.ts';
import type { WhoReads } from './who-reads.ts';

type FileRows = Pick<CardRows, 'outbox' | 'conversations' | 'bundlesIn' | 'proofs' | 'called' | 'proposal' | 'report'>;

type FileMessage = Extract<ThreadMessage, { kind: 'archive' | 'release' }>;

export interface Files {
  /** Says a stored message that is a file in this form. Returns the ts of its line, or the file's id. */
  deliver(form: Form, conversation: ConversationRow, message: FileMessage): Promise<string>;
  /** Sends the file of a stored message to somebody who asks for it, if they may have it; `press` names the wish. Answers words for them. */
  handOver(press: string, messageId: string, who: { readonly team: string; readonly user: string }): Promise<string>;
}

export function createFiles(deps: {
  client: WebClient;
  poster: Poster;
  cardRows: FileRows;
  whoReads: WhoReads;
  mayRead: MayRead;
  log: Logger;
}): Files {
  const { client, poster, cardRows, whoReads, mayRead, log } = deps;

  const fileOf = ({ id }: ConversationRow, message: FileMessage) =>
    message.kind === 'archive' ? zipOf(cardRows, id, message) : reportOf(cardRows, id, message);

  /** For whom it was made. */
  async function ownerOf(conversation: ConversationRow, message: FileMessage): Promise<string> {
    const to = message.kind === 'archive' ? message.to : (await cardRows.proposal(message.proposalId))?.slackUser;
    return to ?? conversation.requester;
  }

  async function linkTo({ channel, threadTs: message_ts, subject }: ConversationRow): Promise<string> {
    const words = `the thread about ${escapeText(aboutOf(subject))}`;
    try {
      const { permalink } = await client.chat.getPermalink({ channel, message_ts });
      return `<${permalink}|${words}>`;
    } catch (error) {
      if (slackError(error) === undefined) throw error;
      // Somebody has deleted it, or it is where we are no longer.
      return words;
    }
  }

  async function send(id: string, to: string, conversation: ConversationRow, file: Upload): Promise<string> {
    const comment = `${file.comment}\nFrom ${await linkTo(conversation)}.`;
    // Files of several threads may be called the same there.
    const title = `${file.title} · ${conversation.id.slice(0, 8)}`;
    return poster.upload(id, { channel: await directChannel(client, to) }, { ...file, title, comment });
  }

  /** What keeps the file from going where it was meant to. */
  async function sayWhyNot(form: Form, conversation: ConversationRow, message: FileMessage, why: string): Promise<string> {
    const { channel, threadTs, subject } = conversation;
    const words = renderFileInWords(message, why, form.of);
    if (form.place === 'thread') return poster.post(form.id, { channel, threadTs }, words);
    const direct = await directChannel(client, await ownerOf(conversation, message));
    return poster.post(form.id, { channel: direct }, renderElsewhere(words, aboutOf(subject)));
  }

  return {
    async deliver(form, conversation, message) {
      const { id, of, place, why } = form;
      if (why !== undefined) return sayWhyNot(form, conversation, message, why);
      const { channel, threadTs, team, subject } = conversation;
      const outsiders = await whoReads(conversation);
      const file = await fileOf(conversation, message);
      if (place === 'thread' && outsiders === undefined) return poster.upload(id, { channel, threadTs }, file);
      const user = await ownerOf(conversation, message);
      if (place === 'direct' || outsiders === undefined) {
        // Of a channel where we are no longer it is not known who could have read it there.
        const no = outsiders === undefined ? undefined : await mayRead({ team, user }, subject);
        return no === undefined ? send(id, user, conversation, file) : sayWhyNot(form, conversation, message, escapeText(no));
      }
      let to: string | undefined;
      try {
        if ((await mayRead({ team, user }, subject)) === undefined) {
          await send(`${id}/to/${user}`, user, conversation, file);
          to = user;
        }
      } catch (error) {
        // Whatever keeps it from them now: they can ask for it by the button.
        log.warn({ err: error, conversation: conversation.id }, 'file not sent directly');
      }
      return poster.post(id, { channel, threadTs }, renderSentDirectly({ file: file.name, outsiders, to, what: aboutOf(subject), id: of }));
    },

    async handOver(press, messageId, who) {
      const row = await cardRows.outbox.get(messageId);
      const conversation = row?.conversationId === undefined ? undefined : await cardRows.conversations.get(row.conversationId);
      const isFile = row?.kind === 'archive' || row?.kind === 'release';
      if (!isFile || conversation?.team !== who.team) return 'I do not know this file any more. Use the newest one.';
      const no = await mayRead(who, conversation.subject);
      if (no !== undefined)
        return `I send it to people who may read ${escapeText(aboutOf(conversation.subject))} themselves. ${escapeText(no)}`;
      const file = await fileOf(conversation, row.payload as FileMessage);
      try {
        await send(`${messageId}/to/${who.user}/${press}`, who.user, conversation, file);
      } catch (error) {
        if (slackError(error) === undefined) throw error;
        log.warn({ err: error, conversation: conversation.id }, 'file not handed over');
        return `Slack did not take the file for your direct messages (${slackError(error)}). Press it again, or ask an admin of Slack whether apps may write to you.`;
      }
      return 'I have sent it to you directly.';
    },
  };
}

async function zipOf(stores: FileRows, conversationId: string, message: Extract<FileMessage, { kind: 'archive' }>): Promise<Upload> {
  const { bundle, report } = await contentsOf(stores, conversationId, message);
  const { version } = message;
  const { name, files, secrets } = bundle;
  const masked =
    secrets.length === 0 ? '' : `, ${secrets.length === 1 ? 'a hard-coded secret' : `${secrets.length} hard-coded secrets`} masked`;
  const zip = `${name}-v${version}.zip`;
  return {
    name: zip,
    title: zip,
    bytes: archive(bundle, report),
    comment: `*${escapeText(name)}* · version ${version} · ${files.length + report.length} files${report.length > 0 ? ', with the proof in PROOF.md' : ''}${masked}`,
  };
}

async function reportOf(
  { report, called }: FileRows,
  conversationId: string,
  message: Extract<FileMessage, { kind: 'release' }>,
): Promise<Upload> {
  const { proposalId, version } = message;
  const file = await report(proposalId);
  if (file === undefined) throw new Error(`proposal ${proposalId} has no release`);
  const { path } = file;
  // Something in it may have been called a secret since the plan was made.
  const text = hideSecrets(await called.of(conversationId), new TextDecoder().decode(file.bytes));
  return {
    name: path,
    title: `${path} · version ${version} · ${proposalId.slice(0, 8)}`,
    bytes: new TextEncoder().encode(text),
    comment: `All of what the plan of version ${version} would change.`,
  };
}

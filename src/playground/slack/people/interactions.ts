// What a person does with messages and views: clicks, submissions, closing; as payloads to the app and what its acks bring about.

import { type Filled, fill, stateOf, unfilled } from '../blocks/inputs.ts';
import { apiMessage } from '../events/events.ts';
import type { Delivery, SocketMode } from '../events/socket-mode.ts';
import type { ResponseUrls } from '../methods/response-urls.ts';
import type { Views } from '../methods/views.ts';
import { WORDS } from '../protocol/limits.ts';
import type { Block, ViewValues } from '../protocol/page-api.ts';
import { type Dict, isDict, SlackRefusal } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import type { Changes } from '../team/changes.ts';
import { BOT, messagesOf, type StandInUser, type State, TEAM } from '../team/state.ts';

/** What this person can't do in Slack, with the reason in words. */
export class CannotDo extends Error {
  override readonly name = 'CannotDo';
}

interface Click {
  readonly channel?: string;
  readonly messageTs?: string;
  readonly ephemeralId?: string;
  readonly viewId?: string;
  readonly blockId?: string | undefined;
  readonly actionId: string;
  /** An option's value for selects; for buttons the app's own value is sent. */
  readonly value?: string | undefined;
  /** Blocks of an older rendering: the click is sent although the button is gone by now. */
  readonly stale?: readonly Block[] | undefined;
}

export interface Interactions {
  click(user: StandInUser, click: Click): Promise<Delivery>;
  /** @returns errors by block_id; empty when the view was taken */
  submit(user: StandInUser, viewId: string, values: Filled | ViewValues): Promise<Record<string, string>>;
  close(user: StandInUser, viewId: string): Promise<void>;
}

interface InteractionDeps {
  readonly state: State;
  readonly time: Time;
  readonly changes: Changes;
  readonly views: Views;
  readonly socket: SocketMode;
  readonly responses: ResponseUrls;
  /** `http://127.0.0.1:<port>` */
  readonly base: () => string;
}

/** The interactive elements of blocks. */
function elementsOf(blocks: readonly Block[]): { blockId: string; element: Dict }[] {
  return blocks.flatMap((block) => {
    const elements = [...(Array.isArray(block.elements) ? block.elements : []), block.accessory, block.element].filter(isDict);
    return elements.filter((element) => element.action_id !== undefined).map((element) => ({ blockId: block.block_id ?? '', element }));
  });
}

export function createInteractions({ state, time, changes, views, socket, responses, base }: InteractionDeps): Interactions {
  const common = (user: StandInUser): Dict => ({
    user: { id: user.id, username: user.name, name: user.name, team_id: TEAM.id },
    team: { id: TEAM.id, domain: TEAM.domain },
    api_app_id: BOT.app,
    token: 'playground',
    enterprise: null,
    is_enterprise_install: false,
  });

  /** Where the click happens: the blocks as they stand now, and the payload's part about the place. */
  function place(user: StandInUser, click: Click): { blocks: readonly Block[]; payload: Dict } {
    if (click.viewId !== undefined) {
      const view = state.views.get(click.viewId);
      if (view?.user !== user.id) throw new CannotDo('This view is not open any more.');
      return { blocks: view.body.blocks, payload: { container: { type: 'view', view_id: view.id }, view: views.render(view) } };
    }
    const ephemeral = click.ephemeralId === undefined ? undefined : state.ephemerals.get(click.ephemeralId);
    const message = click.ephemeralId === undefined ? messagesOf(state, click.channel ?? '').get(click.messageTs ?? '') : undefined;
    const found = ephemeral ?? message;
    const channel = state.channels.get(found?.channel ?? '');
    const theirs = ephemeral === undefined ? channel?.members.has(user.id) === true : ephemeral.to === user.id;
    if (found === undefined || channel === undefined || !theirs)
      throw new CannotDo('This message is not there (any more), or not visible to you.');
    const thread = found.threadTs === undefined ? {} : { threadTs: found.threadTs };
    const target = ephemeral === undefined ? { messageTs: found.ts } : { ephemeralId: ephemeral.id };
    return {
      blocks: found.blocks ?? [],
      payload: {
        container: {
          type: 'message',
          message_ts: found.ts,
          channel_id: channel.id,
          is_ephemeral: ephemeral !== undefined,
          ...(found.threadTs === undefined ? {} : { thread_ts: found.threadTs }),
        },
        channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
        ...(message === undefined ? {} : { message: apiMessage(state, message) }),
        response_url: base() + responses.create({ channel: channel.id, user: user.id, ...thread, ...target }),
      },
    };
  }

  function topView(user: StandInUser, viewId: string) {
    const view = views.top(user.id);
    if (view === undefined || view.id !== viewId) throw new CannotDo('This view is not open any more.');
    return view;
  }

  return {
    async click(user, click) {
      const { blocks, payload } = place(user, click);
      const found = elementsOf(click.stale ?? blocks).find(
        ({ blockId, element }) => element.action_id === click.actionId && (click.blockId === undefined || click.blockId === blockId),
      );
      if (found === undefined) throw new CannotDo(`There is no button “${click.actionId}” here (any more).`);
      const { element } = found;
      const { type: _type, ...chosen } =
        element.type === 'button' ? { type: '', value: element.value } : stateOf(element, click.value ?? []);
      const text = element.text === undefined ? {} : { text: element.text };
      const action = {
        type: element.type,
        action_id: element.action_id,
        block_id: found.blockId,
        ...text,
        ...chosen,
        action_ts: time.ts(),
      };
      const body = {
        type: 'block_actions',
        ...common(user),
        ...payload,
        trigger_id: views.trigger(user.id),
        actions: [action],
        state: { values: {} },
      };
      const delivery = await socket.deliver('interactive', body);
      if (delivery.state !== 'acked') changes.emit({ kind: 'toast', user: user.id, text: WORDS.actionFailed });
      return delivery;
    },

    async submit(user, viewId, given) {
      const view = topView(user, viewId);
      const values = fill(view.body.blocks, given);
      const show = (errors: Record<string, string>): Record<string, string> => {
        changes.emit({ kind: 'modal', user: user.id, view: views.render(view), errors });
        return errors;
      };
      const lacking = unfilled(view.body.blocks, values);
      if (Object.keys(lacking).length > 0) return show(lacking);
      view.values = values;
      const body = {
        type: 'view_submission',
        ...common(user),
        trigger_id: views.trigger(user.id),
        view: views.render(view),
        response_urls: [],
      };
      const delivery = await socket.deliver('interactive', body);
      const trouble = (text: string): Record<string, string> => {
        changes.emit({ kind: 'toast', user: user.id, text });
        return { '': text };
      };
      if (delivery.state !== 'acked') return trouble(WORDS.modalFailed);
      const answer = delivery.payload;
      const action = answer.response_action;
      if (action === 'errors') {
        const errors = isDict(answer.errors) ? answer.errors : {};
        const known = view.body.blocks.filter((block) => block.type === 'input').map((block) => block.block_id ?? '');
        const words = Object.entries(errors).filter(([block]) => known.includes(block));
        // Errors for blocks that are no inputs are refused by Slack as a whole.
        return words.length === 0
          ? trouble(WORDS.modalFailed)
          : show(Object.fromEntries(words.map(([block, text]) => [block, String(text)])));
      }
      try {
        if (action === 'update') views.replace(view, answer.view);
        else if (action === 'push') views.push(user.id, answer.view);
        else if (views.top(user.id)?.id === view.id) views.close(user.id, action === 'clear');
      } catch (error) {
        if (error instanceof SlackRefusal) return trouble(WORDS.modalFailed);
        throw error;
      }
      return {};
    },

    async close(user, viewId) {
      const view = topView(user, viewId);
      const rendered = views.render(view);
      views.close(user.id, false);
      if (view.body.notify_on_close !== true) return;
      const delivery = await socket.deliver('interactive', { type: 'view_closed', ...common(user), view: rendered, is_cleared: false });
      if (delivery.state !== 'acked') changes.emit({ kind: 'toast', user: user.id, text: WORDS.actionFailed });
    },
  };
}

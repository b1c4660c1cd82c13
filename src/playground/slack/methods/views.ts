// Modals and the home tab: opening, pushing, trigger ids, what rides on a submission's ack (facts: slack#modals-and-the-home-tab).
import { randomBytes } from 'node:crypto';
import { checkString, checkText } from '../blocks/block-elements.ts';
import { checkBlocks } from '../blocks/block-rules.ts';
import { PUSHED_VIEWS, TRIGGER_MS, VIEW_BYTES } from '../protocol/limits.ts';
import type { Block, View } from '../protocol/page-api.ts';
import { type Args, type Dict, isDict, randomId, refusalWith, SlackRefusal } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import type { Changes } from '../team/changes.ts';
import { BOT, type State, type StoredView, TEAM } from '../team/state.ts';

export interface Views {
  readonly methods: Readonly<Record<string, (args: Args) => Dict>>;
  /** A fresh trigger_id for what this person just did: one use, three seconds. */
  trigger(user: string): string;
  /** The topmost open view of a person's modal. */
  top(user: string): StoredView | undefined;
  home(user: string): StoredView | undefined;
  /** Takes one view (or the whole modal) away and shows what lies below. */
  close(user: string, all: boolean): void;
  /** `response_action` update or push on the ack of a submission. @throws a refusal when the view is not valid */
  replace(view: StoredView, body: unknown): void;
  push(user: string, body: unknown): void;
  /** The view as payloads and the page carry it. */
  render(view: StoredView): View & Dict;
}

export function createViews(state: State, time: Time, changes: Changes): Views {
  const triggers = new Map<string, { user: string; isLate: boolean; isUsed: boolean }>();

  function check(given: unknown, type: 'modal' | 'home'): Dict & { blocks: Block[] } {
    if (!isDict(given)) throw refusalWith('invalid_arguments', ['missing required field: view']);
    const problems: string[] = [];
    const report = (at: string, problem: string): void => void problems.push(`${problem} [json-pointer:/view${at}]`);
    if (given.type !== type) report('/type', `must be ${type}`);
    if (type === 'modal') checkText(given.title, '/title', report, { max: 24, only: 'plain_text' });
    for (const part of ['submit', 'close'])
      if (given[part] !== undefined) checkText(given[part], `/${part}`, report, { max: 24, only: 'plain_text' });
    if (typeof given.private_metadata === 'string' && given.private_metadata.length > 3000)
      report('/private_metadata', 'must be less than 3001 characters');
    for (const part of ['callback_id', 'external_id']) {
      const value = given[part];
      if (value !== undefined && value !== '') checkString(value, `/${part}`, report, 255);
    }
    const blocks = Array.isArray(given.blocks) ? checkBlocks(given.blocks, type) : [];
    if (!Array.isArray(given.blocks)) report('/blocks', 'missing required field: blocks');
    if (blocks.some((block) => block.type === 'input') && type === 'modal' && given.submit === undefined)
      report('/submit', 'missing required field: submit');
    if (problems.length > 0) throw refusalWith('invalid_arguments', problems);
    if (Buffer.byteLength(JSON.stringify(given)) > VIEW_BYTES) throw new SlackRefusal('view_too_large');
    return { ...given, blocks };
  }

  function store(user: string, body: Dict & { blocks: Block[] }, type: 'modal' | 'home', below?: StoredView): StoredView {
    const id = randomId('V');
    const external = body.external_id;
    if (typeof external === 'string' && external !== '' && [...state.views.values()].some((view) => view.body.external_id === external))
      throw new SlackRefusal('duplicate_external_id');
    const view: StoredView = { id, user, type, rootId: below?.rootId ?? id, previousId: below?.id ?? null, hash: hash(), body, values: {} };
    state.views.set(id, view);
    return view;
  }

  function hash(): string {
    return `${Math.floor(time.now() / 1000)}.${randomBytes(4).toString('hex')}`;
  }

  function render(view: StoredView): View & Dict {
    return {
      ...view.body,
      id: view.id,
      team_id: TEAM.id,
      type: view.type,
      callback_id: typeof view.body.callback_id === 'string' ? view.body.callback_id : '',
      private_metadata: view.body.private_metadata ?? '',
      state: { values: view.values },
      hash: view.hash,
      root_view_id: view.rootId,
      previous_view_id: view.previousId,
      app_id: BOT.app,
      bot_id: BOT.bot,
    };
  }

  function use(args: Args): string {
    const id = args.need('trigger_id');
    const trigger = triggers.get(id);
    if (trigger === undefined) throw new SlackRefusal('invalid_trigger_id');
    if (trigger.isUsed) throw new SlackRefusal('exchanged_trigger_id');
    if (trigger.isLate) throw new SlackRefusal('expired_trigger_id');
    return id;
  }

  function top(user: string): StoredView | undefined {
    return state.views.get(state.modals.get(user)?.at(-1) ?? '');
  }

  function show(user: string): void {
    const view = top(user);
    changes.emit({ kind: 'modal', user, view: view === undefined ? null : render(view) });
  }

  function push(user: string, body: unknown): StoredView {
    const stack = state.modals.get(user) ?? [];
    if (stack.length > PUSHED_VIEWS) throw new SlackRefusal('push_limit_reached');
    const view = store(user, check(body, 'modal'), 'modal', top(user));
    state.modals.set(user, [...stack, view.id]);
    show(user);
    return view;
  }

  function replace(view: StoredView, given: unknown): void {
    view.body = check(given, view.type);
    view.hash = hash();
    if (view.type === 'home') changes.emit({ kind: 'home', user: view.user, view: render(view) });
    else show(view.user);
  }

  function forget(user: string, ids: readonly string[]): void {
    for (const id of ids) state.views.delete(id);
    state.modals.set(
      user,
      (state.modals.get(user) ?? []).filter((id) => !ids.includes(id)),
    );
  }

  function owner(trigger: string): string {
    return triggers.get(trigger)?.user ?? '';
  }

  return {
    top,
    render,
    replace,
    push,
    home: (user) => state.views.get(state.homes.get(user) ?? ''),
    trigger(user) {
      const id = `${time.now()}.${randomBytes(8).toString('hex')}`;
      const trigger = { user, isLate: false, isUsed: false };
      triggers.set(id, trigger);
      time.deadline(TRIGGER_MS, () => {
        trigger.isLate = true;
      });
      return id;
    },
    close(user, all) {
      const stack = state.modals.get(user) ?? [];
      forget(user, all ? stack : stack.slice(-1));
      show(user);
    },
    methods: {
      'views.open'(args) {
        const id = use(args);
        const user = owner(id);
        const body = check(args.json('view', 'invalid_arguments'), 'modal');
        forget(user, state.modals.get(user) ?? []);
        const view = store(user, body, 'modal');
        state.modals.set(user, [view.id]);
        triggers.set(id, { user, isLate: true, isUsed: true });
        show(user);
        return { view: render(view) };
      },
      'views.push'(args) {
        const id = use(args);
        const view = push(owner(id), args.json('view', 'invalid_arguments'));
        triggers.set(id, { user: view.user, isLate: true, isUsed: true });
        return { view: render(view) };
      },
      'views.update'(args) {
        const external = args.text('external_id');
        const view =
          external === undefined
            ? state.views.get(args.need('view_id'))
            : [...state.views.values()].find((known) => known.body.external_id === external);
        if (view === undefined) throw new SlackRefusal('not_found');
        if (args.has('hash') && args.text('hash') !== view.hash) throw new SlackRefusal('hash_conflict');
        replace(view, args.json('view', 'invalid_arguments'));
        return { view: render(view) };
      },
      'views.publish'(args) {
        const user = args.need('user_id');
        if (!state.users.has(user)) throw new SlackRefusal('user_not_found');
        const before = state.views.get(state.homes.get(user) ?? '');
        if (args.has('hash') && before !== undefined && args.text('hash') !== before.hash) throw new SlackRefusal('hash_conflict');
        const body = check(args.json('view', 'invalid_arguments'), 'home');
        if (before !== undefined) state.views.delete(before.id);
        const view = store(user, body, 'home');
        state.homes.set(user, view.id);
        changes.emit({ kind: 'home', user, view: render(view) });
        return { view: render(view) };
      },
    },
  };
}

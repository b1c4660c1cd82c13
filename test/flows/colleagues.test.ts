// People without admin rights on the whole stack: a colleague's job that the team manages, one's own, one that may only be seen, one that may not.
import { unzipSync } from 'fflate';
import { describe, expect } from 'vitest';
import { findCli, flow } from './stack.ts';
import { buttonsOf, CHANNEL, privately, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const test = flow();

describe.skipIf(cli.state !== 'ready')('a colleague', () => {
  /** What the button of a proof carries that dee may not see. */
  let ofOthers = '{}';

  test('copies a job of somebody else’s that the team manages: the copy is their own, production stays that person’s', async ({
    playground,
    ben,
    cy,
    dee,
  }) => {
    // A guest reads that channel too.
    const thread = await startThread(cy, '/dab job 640', 'job 640 ', 'C_PARTNER');
    const card = await thread.card(1, (message) => 'deploy' in buttonsOf(message));
    const line = await thread.says(
      /returns_check-v1\.zip` goes to people directly, since there are guests in this channel: <@U_CY> has it/,
    );
    await thread.says(/RELEASE-\S+\.md` goes to people directly/);
    expect(thread.messages().flatMap((message) => message.files ?? [])).toEqual([]);
    const direct = () => cy.messages(cy.dm).flatMap((message) => message.files ?? []);
    expect(direct().map(({ name }) => name)).toEqual(['returns_check-v1.zip', expect.stringMatching(/^RELEASE-.*\.md$/)]);
    const files = unzipSync(cy.download(direct()[0]?.id ?? ''));
    expect(Buffer.from(files['returns_check/databricks.yml'] ?? []).toString()).toMatch(
      /prod:[\s\S]*run_as:\s+user_name: ben@acme\.example/,
    );
    // Who may not read the job gets the line of its proof and no setting.
    await dee.click(card, 'show_proof');
    await dee.waitFor(() => JSON.stringify(dee.modal()).includes('cy@acme.example made this proof'), STEP_MS);
    expect(JSON.stringify(dee.modal())).toMatch(/\d+ settings/);
    expect(JSON.stringify(dee.modal())).not.toContain(':white_check_mark: identical');
    await dee.closeModal();
    // Nor what would change, nor the zip.
    await dee.click(card, 'show_changes');
    await dee.waitFor(() => JSON.stringify(dee.modal()).includes('people who may read job 640 themselves'), STEP_MS);
    expect(JSON.stringify(dee.modal())).not.toContain('1 to create');
    await dee.closeModal();
    const refused = await privately(dee, () => dee.click(line, 'send_file'), 'C_PARTNER');
    expect(textOf(refused)).toContain('people who may read job 640 themselves');
    // Nor words that Claude finds in its files.
    const reply = () => dee.say('C_PARTNER', 'what does the notebook hold?', { thread: card.threadTs ?? '' });
    expect(textOf(await privately(dee, async () => reply(), 'C_PARTNER'))).toContain('for people who may read job 640 themselves');
    const button = { type: 'button', text: { type: 'plain_text', text: 'forged' }, value: String(buttonsOf(card).deploy?.value) };
    const forged = { ...card, blocks: [{ type: 'actions', block_id: 'forged', elements: [{ ...button, action_id: 'next_own_data' }] }] };
    const pressed = await privately(dee, () => dee.click(forged, 'next_own_data', { stale: true }), 'C_PARTNER');
    expect(textOf(pressed)).toContain('for people who may read job 640 themselves');
    expect(dee.messages(dee.dm)).toEqual([]);
    expect(textOf(await privately(ben, () => ben.click(line, 'send_file'), 'C_PARTNER'))).toContain('sent it to you directly');
    expect(ben.messages(ben.dm).flatMap((message) => message.files ?? [])).toMatchObject([{ name: 'returns_check-v1.zip' }]);
    await cy.click(card, 'show_changes');
    await cy.waitFor(() => JSON.stringify(cy.modal()).includes('1 to create'), STEP_MS);
    await cy.closeModal();
    ofOthers = String(buttonsOf(card).show_proof?.value);
    await cy.click(card, 'deploy');
    await thread.shows(card, 'deployed to *dev*');
    const copies = [...playground.databricks.workspace.jobs.values()].filter(({ creator }) => creator === 'cy@acme.example');
    expect(copies).toMatchObject([{ runAs: 'cy@acme.example', settings: { name: '[dev cy] Returns check' } }]);
    expect(playground.databricks.workspace.jobs.get('640')?.runAs).toBe('ben@acme.example');
  });

  test('deploys what is their own', async ({ playground, ben }) => {
    const thread = await startThread(ben, '/dab job 204', 'job 204 ');
    const card = await thread.card(1, (message) => 'deploy' in buttonsOf(message));
    await ben.click(card, 'deploy');
    await thread.shows(card, 'deployed to *dev*');
    const copies = [...playground.databricks.workspace.jobs.values()].map(({ settings }) => settings.name);
    expect(copies).toContain('[dev ben] Orders nightly export');
  });

  test('makes a bundle of what they may only see, whose grants they are told nobody could read', async ({ playground, dee }) => {
    const thread = await startThread(dee, '/dab job 123', 'job 123 ');
    await thread.hasFiles(1);
    await thread.says('who may do what with the job could not be read');
    expect(textOf(await thread.card(1))).toMatch(
      /Nothing lost of what could be read: \d+ settings, 5 files; not compared: who may do what/,
    );
    const files = unzipSync(dee.download(thread.files()[0]?.id ?? ''));
    expect(Object.keys(files).filter((path) => path.startsWith('churn/src/'))).toHaveLength(5);
    // A forged press: the proof of somebody else's job, as if it were of the one that they may see.
    await dee.click(await thread.card(1), 'show_proof');
    await dee.waitFor(() => JSON.stringify(dee.modal()).includes(':white_check_mark: identical'), STEP_MS);
    await dee.closeModal();
    const { socket } = playground.slack;
    const press = socket.sent.findLast(({ payload }) => JSON.stringify(payload).includes('"show_proof"')) ?? expect.fail();
    const value = JSON.stringify({
      ...JSON.parse(ofOthers),
      conversationId: JSON.parse(String(buttonsOf(await thread.card(1)).show_proof?.value)).conversationId,
    });
    const [action] = press.payload.actions as object[];
    const refused = await privately(dee, async () =>
      socket.resend({ ...press, id: 'forged', payload: { ...press.payload, actions: [{ ...action, value }] } }),
    );
    expect(textOf(refused)).toContain('There is no proof for this version');
    expect(dee.modal()).toBeNull();
  });

  test('learns and does nothing by a press that carries the plan of somebody’s direct messages', async ({ playground, ben, dee }) => {
    const thread = await startThread(ben, '/dab job 640 private', 'job 640 ', ben.dm);
    const card = await thread.card(1, (message) => 'deploy' in buttonsOf(message));
    await thread.idle();
    const before = thread.messages().length;
    const ofCard = String(buttonsOf(card).show_changes?.value);
    const said = dee.say(CHANNEL, 'hello');
    const forge = (action_id: string, value = ofCard) => {
      const elements = [{ type: 'button', action_id, value, text: { type: 'plain_text', text: 'forged' } }];
      const forged = { ...said, blocks: [{ type: 'actions', block_id: 'forged', elements }] };
      return privately(dee, () => dee.click(forged, action_id, { stale: true }));
    };
    expect(textOf(await forge('show_changes'))).toContain('not kept any more');
    expect(dee.modal()).toBeNull();
    for (const step of ['own_data', 'production', 'edits', 'look'])
      expect(textOf(await forge(`next_${step}`))).toContain('I do not know this plan any more');
    expect(textOf(await forge('where_it_writes'))).toContain('I do not know this plan any more');
    // Nor by one that names their thread.
    const { conversationId } = JSON.parse(String(buttonsOf(card).show_proof?.value));
    expect(textOf(await forge('plan_again', JSON.stringify({ conversationId, version: 1 })))).toContain('I do not know this version');
    expect(textOf(await forge('stop', conversationId))).toContain('I do not know this thread');
    expect(thread.messages()).toHaveLength(before);
    // To whom it belongs it opens.
    await ben.click(card, 'show_changes');
    await ben.waitFor(() => JSON.stringify(ben.modal()).includes('1 to create'), STEP_MS);
    // A page of a plan that is not known any more: the modal itself says so.
    const { socket } = playground.slack;
    const press = socket.sent.findLast(({ payload }) => JSON.stringify(payload).includes('"show_changes"')) ?? expect.fail();
    const { message: _message, container: _container, response_url: _url, ...payload } = press.payload;
    const [action] = press.payload.actions as object[];
    const page = { ...action, action_id: 'changes_page_on', value: '1' };
    await socket.resend({
      ...press,
      id: 'page',
      payload: { ...payload, view: { ...ben.modal(), private_metadata: 'gone' }, actions: [page] },
    });
    await ben.waitFor(() => JSON.stringify(ben.modal()).includes('not kept any more'), STEP_MS);
    await ben.closeModal();
  });

  test('is told of what they may not see, alone, and nothing is posted', async ({ dee }) => {
    // What is still said in a thread is none of this.
    const roots = () => dee.messages(CHANNEL).filter(({ threadTs }) => threadTs === undefined);
    const before = roots().length;
    const answer = await privately(dee, () => dee.command(CHANNEL, '/dab job 640'));
    expect(textOf(answer)).toContain('Databricks says that you may not see it');
    expect(roots()).toHaveLength(before);
  });
});

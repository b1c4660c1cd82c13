// Foreign names and texts never ping, mention or link: whatever they hold, no view carries it as Slack's markup, nor a block over its limit.
import { describe, expect, it } from 'vitest';
import { renderConnect, renderHelp, renderJobs } from '../../../src/slack/views/answers.ts';
import { renderDeploymentResult } from '../../../src/slack/views/deployment-result.ts';
import { safeMarkdown } from '../../../src/slack/views/markdown.ts';
import { renderChangesModal, renderHeadline } from '../../../src/slack/views/modals/changes-modal.ts';
import { renderProofModal } from '../../../src/slack/views/modals/proof-modal.ts';
import { renderReply, renderSentDirectly } from '../../../src/slack/views/reply.ts';
import { renderRootMessage } from '../../../src/slack/views/root-message.ts';
import { escapeButMentions } from '../../../src/slack/views/slack-text.ts';
import { renderPlainSteps, renderSteps } from '../../../src/slack/views/step-list.ts';
import { renderVersionCard } from '../../../src/slack/views/version-card.ts';
import { renderWriteCard, renderWriteResult } from '../../../src/slack/views/write-card.ts';
import { fc } from '../../fast-check.ts';
import { card, proof, proposal, release, runProposal, STATES, statusesOf, writeProposal, writesOf } from './fixtures.ts';

/** Ids that stand in foreign text only. */
const PINGS = [
  '<!channel>',
  '<!here>',
  '<!everyone|all>',
  '<!subteam^S666>',
  '<@U666>',
  '<@W666|ceo>',
  '<#C666>',
  '<https://evil.example|safe>',
];
/** Markup that comes about when the markup around it is taken away. */
const NESTED = ['<@<!channel>>', '<!x<!channel|a>b>', '<<https://x.example|!channel|>>', '<[!channel|](x)>', '@[channel](x)'];
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PINGS, '<', '>', '<!', '<@', '|', '&', '[', '](', ')', '!channel|', '&lt;', '```', '`', '\n', 'x'.repeat(400)),
      fc.string(),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

interface Found {
  readonly type: string;
  readonly text: string;
}

/** All text objects and markdown blocks of a view, wherever they stand. */
function textsOf(value: unknown): Found[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  const own = typeof type === 'string' && typeof text === 'string' ? [{ type, text }] : [];
  return [...own, ...Object.values(value).flatMap(textsOf)];
}

const LIMITS: Readonly<Record<string, number>> = { mrkdwn: 3000, markdown: 12_000 };
/** What the bot itself writes: the people it talks of, dates, and links to the workspace. */
const OWN = /<@U_(ANA|BEN)>|<!date\^\d+\^[^<>|]*\|[^<>]*>|<https:\/\/acme\.databricks\.test\/[^<>|]*\|[^<>]*>/g;

function expectInert(view: { text?: string; blocks: readonly object[] }): void {
  const texts = [...textsOf(view.blocks), ...(view.text === undefined ? [] : [{ type: 'mrkdwn', text: view.text }])];
  for (const { type, text } of texts) {
    if (type !== 'mrkdwn' && type !== 'markdown') continue;
    expect(text.length).toBeLessThanOrEqual(LIMITS[type] ?? 0);
    expect(text.replace(OWN, '')).not.toMatch(type === 'mrkdwn' ? /<[^<>]*>/ : /<[!@#][^<>]*>/);
  }
}

describe('hostile text stays text', () => {
  const sure = (check: (text: string) => void) =>
    fc.assert(fc.property(hostile, check), { numRuns: 200, examples: NESTED.map((text): [string] => [text]) });

  it.each(STATES)('on a card that is %s', (state) => {
    sure((text) => expectInert(renderVersionCard(card(text), { name: text, proposal: proposal(state, text, true), conversationId: 'c' })));
  });

  it.each(STATES)('on the card of a write that is %s, and in how it ended', (state) => {
    sure((text) => {
      for (const write of writesOf(text)) {
        const proposed = writeProposal(write, state, text);
        expectInert(renderWriteCard(proposed, text));
        expectInert(renderWriteResult('U_ANA', proposed));
      }
    });
  });

  it('on the record of a deployment', () => {
    sure((text) => {
      const next = { run: { key: 'churn', name: text }, production: text, previous: { version: 1, bundleDigest: 'd' }, destroy: true };
      const done = {
        ...proposal('done', text, true),
        result: { ok: true, state: 'done' as const, jobs: [], problem: text, next: text, ms: 1 },
      };
      expectInert(renderVersionCard(card(text), { name: text, proposal: done, conversationId: 'c', next }));
    });
  });

  it.each(['running', 'done', 'failed', 'unknown'] as const)('on the card of a run that is %s, and in how it ended', (state) => {
    sure((text) => {
      for (const write of writesOf(text).filter(({ kind }) => kind.startsWith('run_'))) {
        const proposed = runProposal(write, state, text);
        expectInert(renderWriteCard(proposed));
        expectInert(renderWriteResult('U_ANA', proposed));
      }
    });
  });

  it('nothing on the card of a write is hidden: what a reader would not see is spelled out, and a secret is cut', () => {
    const statement = 'select 1 -- \u202e\u200b dapi0123456789abcdef0123456789abcdef';
    const { blocks } = renderWriteCard(
      writeProposal({ kind: 'sql', warehouse_id: 'w', warehouse_name: 'w', statement }, 'open', 'ana@acme.example'),
    );
    expect(JSON.stringify(blocks)).toContain('select 1 -- \\\\u{202e}\\\\u{200b} [secret]');
  });

  it('on cards without proof or plan', () => {
    sure((text) => {
      const why = { problem: text, next: text };
      expectInert(renderVersionCard(card(text, { proof: why, plan: why }), { name: text, proposal: undefined, conversationId: 'c' }));
      expectInert(
        renderVersionCard(card(text, { proof: { line: text, ok: false }, plan: { ...why, preparing: text } }), {
          name: text,
          proposal: undefined,
          conversationId: 'c',
        }),
      );
    });
  });

  it('in root messages, lists, help and proofs', () => {
    sure((text) => {
      const host = 'https://acme.databricks.test';
      for (const status of statusesOf(text)) {
        expectInert(renderRootMessage({ id: 'c', requester: 'U_ANA', subject: { jobId: '1', name: text } }, status, host));
        expectInert(renderRootMessage({ id: 'c', requester: 'U_ANA', subject: { folder: `/${text}`, name: text } }, status, host));
      }
      expectInert(renderJobs([{ jobId: '1', name: text, creator: text }], text, true));
      expectInert(renderJobs([], text, false));
      expectInert(renderHelp(text));
      expectInert(renderConnect(text, 'https://dab.example/auth/start/nonce', true));
      expectInert(renderProofModal(proof(text, 6), text));
      expectInert(renderChangesModal(release(text, true), { proposalId: 'p1', page: 0 }));
      expectInert(renderHeadline(release(text, true), text));
      expectInert(renderSentDirectly({ file: text, outsiders: 'others', to: undefined, what: text, id: 'm' }));
    });
  });

  it('in steps', () => {
    sure((text) => {
      const steps = [{ id: 's', title: text, details: text, status: 'complete' as const }];
      expectInert(renderPlainSteps(steps, 'done'));
      expectInert({ blocks: renderSteps(steps).blocks });
    });
  });

  it('in a notification of steps', () => {
    sure((text) => {
      const { text: notification } = renderSteps([{ id: 's', title: text, status: 'complete' }]);
      expectInert({ text: notification, blocks: [] });
    });
  });

  it('in the words of an answer', () => {
    sure((text) => expectInert(renderReply({ to: 'U_ANA', about: text, text })));
  });

  it('in the diff of an answer: its paths, and its lines inside their code block', () => {
    sure((text) => {
      const changes = [1, 2].map((number) => ({ path: `${number}${text}`, kind: 'changed' as const, lines: [`+${text}`, `-${text}`] }));
      const { blocks } = renderReply({ to: 'U_ANA', text: 'done', changes });
      const said = blocks.flatMap((block) => (block.type === 'markdown' ? [block.text] : [])).join('\n');
      expect(said.match(/^```/gm)).toHaveLength(4);
      expectInert({ blocks: [{ type: 'markdown', text: said.replace(/^```diff[\s\S]*?^```$/gm, '') }] });
    });
  });

  it('in how a deployment ended', () => {
    sure((text) => {
      for (const state of ['done', 'failed', 'unknown'] as const) {
        const { result = { ok: false, state, jobs: [] } } = proposal(state, text);
        expectInert(renderDeploymentResult({ kind: 'result', to: 'U_ANA', target: text, version: 2, result }));
      }
    });
  });

  it('in a model’s Markdown, where nothing else is lost', () => {
    sure((text) => {
      expect(safeMarkdown(text)).not.toMatch(/<[!@#][^<>]*>|@(channel|here|everyone)\b/);
    });
    expect(safeMarkdown('`a < b`, <https://x.example>, **bold**\n- ana@acme.example')).toBe(
      '`a < b`, <https://x.example>, **bold**\n- ana@acme.example',
    );
  });

  it('in reasons, which may mention people', () => {
    expect(escapeButMentions('<@U_BEN> was first & <!channel> <https://x.example>')).toBe(
      '<@U_BEN> was first &amp; &lt;!channel&gt; &lt;https://x.example&gt;',
    );
  });
});

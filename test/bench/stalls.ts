// Nothing foreign stalls the process: how long each renderer and parser takes for the worst of many texts that were made to be slow.
import { findSecretsInText } from '../../src/analysis/secrets/find.ts';
import { cellsOf } from '../../src/analysis/source/cells.ts';
import { parseEnvironmentLines, parsePip, parseRequirementLines } from '../../src/analysis/source/pip.ts';
import { placesInText } from '../../src/analysis/tables-in-text.ts';
import { checkBundle } from '../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { contentDigest } from '../../src/bundle/model/notebooks.ts';
import { furtherPaths, isLocalDependency } from '../../src/bundle/model/pip-line.ts';
import { invalidReferences } from '../../src/bundle/model/references.ts';
import { resourceKey, safeComponent } from '../../src/bundle/model/safe-names.ts';
import { changeYaml } from '../../src/bundle/yaml/change-yaml.ts';
import { describeTree } from '../../src/bundle/yaml/describe-tree.ts';
import { parseYaml } from '../../src/bundle/yaml/parse.ts';
import { renderYaml } from '../../src/bundle/yaml/render.ts';
import { diffVersions } from '../../src/conversation/story/file-changes.ts';
import { errorText, warningsOf } from '../../src/deployment/cli/stderr.ts';
import { page } from '../../src/mcp/tools/support/foreign-text.ts';
import { withoutMention } from '../../src/slack/listen/mention.ts';
import { parseCommand } from '../../src/slack/listen/parse-command.ts';
import { renderChangesModal } from '../../src/slack/views/modals/changes-modal.ts';
import { renderProofModal } from '../../src/slack/views/modals/proof-modal.ts';
import { renderReply } from '../../src/slack/views/reply.ts';
import { renderPlainSteps, renderSteps } from '../../src/slack/views/step-list.ts';
import { renderVersionCard } from '../../src/slack/views/version-card.ts';
import { renderWriteCard } from '../../src/slack/views/write-card.ts';
import { createLogger, scrub } from '../../src/values/log.ts';
import { apart } from '../../src/worker/apart.ts';
import { type Adversarial, adversarialTexts } from '../adversarial.ts';
import { HOST, job } from '../bundle/fixtures.ts';
import { card, proof, proposal, release, writeProposal } from '../slack/views/fixtures.ts';

/** Of CPU in one go, in milliseconds, for so many characters. */
const MOST_MS = 50;
const LENGTH = 65_536;
/** Mixtures beside the texts that are written down; another TEST_SEED chooses others. */
const MIXTURES = 300;
/** What may have exponentially many readings shows it while it still ends: a text grows by little at first. */
const LENGTHS = [26, 40, 60, 90, 140, 220, 350, 1024, 8192, LENGTH];
/** Texts that are tried in full: those that are slowest before. */
const WORST = 10;

type Work = (text: string) => unknown;

const ROOT = 'bundle:\n  name: x\n  engine: direct\n';
const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
const tree = (text: string) => [file('databricks.yml', text)];
const withValue = (text: string) =>
  tree(
    renderYaml({
      bundle: { name: 'x', engine: 'direct' },
      variables: { x: { default: text } },
      resources: { jobs: { x: { description: text, tags: { a: text }, environments: [{ spec: { dependencies: [text] } }] } } },
    }),
  );
const log = createLogger({ level: 'info', destination: { write() {} } });
log.hide(['a secret of sixteen', 'pa$$']);
const hidden = { host: HOST, base: '/tmp/x', root: '/tmp/x/y', tokens: new Set(['dapi']) };
const sixth = (text: string) => text.slice(0, text.length / 6);
const silently =
  (work: Work): Work =>
  (text) => {
    try {
      return work(text);
    } catch (error) {
      // Words for people; anything else is a bug.
      if (!(error instanceof Error) || error.name !== 'UserError') throw error;
    }
  };

const SYNC: Readonly<Record<string, Work>> = {
  'an answer': (text) => renderReply({ to: 'U_ANA', text }),
  'the diff of an answer': (text) =>
    renderReply({ to: 'U_ANA', text: '', changes: [{ path: text, kind: 'changed', lines: text.split('\n') }] }),
  'a card': (text) =>
    renderVersionCard(card(sixth(text)), { name: sixth(text), proposal: proposal('open', sixth(text), true), conversationId: 'c' }),
  'the card of a statement': (text) =>
    renderWriteCard(writeProposal({ kind: 'sql', warehouse_id: 'w', warehouse_name: 'w', statement: text }, 'done', '')),
  'the modal of changes': (text) => renderChangesModal(release(sixth(text), true), { proposalId: 'p', page: 0 }),
  'the modal of a proof': (text) => renderProofModal(proof(text.slice(0, text.length / 40), 30), ''),
  steps: (text) => [renderSteps, renderPlainSteps].map((render) => render([{ id: 's', title: text, status: 'complete' }])),
  'a command': (text) => parseCommand(withoutMention(text, 'U_BOT'), HOST),
  'a line of the log': (text) => log.info({ text }),
  'secrets in a line': scrub,
  YAML: (text) => parseYaml(Buffer.from(text)),
  'YAML that is written': (text) => renderYaml({ [text]: text, list: text.split('\n') }),
  'YAML that is changed': silently((text) => changeYaml(renderYaml({ a: { b: text } }), [{ at: ['a', 'c'], value: text }])),
  'the check of a tree': (text) => checkBundle(tree(`${ROOT}${text}`)),
  'the check of values': (text) => checkBundle(withValue(sixth(text))),
  'the check of paths': (text) => checkBundle([file(text, ''), ...text.split('\n').map((path) => file(path, ''))]),
  'what a tree is': silently((text) => describeTree(tree(`${ROOT}resources: {jobs: {${text}}}`))),
  references: invalidReferences,
  'a line for pip': (text) => [furtherPaths(text), isLocalDependency(text, false), parsePip(text)],
  'requirements of pip': parseRequirementLines,
  'an environment': (text) => parseEnvironmentLines(`dependencies:\n- ${text}`),
  names: (text) => [resourceKey(text, '1'), safeComponent(text)],
  'a notebook': (text) => contentDigest(file('a.py', `# Databricks notebook source\n${text}`)),
  cells: (text) =>
    ['py', 'sql', 'scala', 'r', 'ipynb'].map((kind) =>
      cellsOf({ ...file(`/a.${kind}`, `# Databricks notebook source\n${sixth(text)}`), kind: 'file' }),
    ),
  'a bundle': (text) =>
    generateBundle({
      definition: job({ name: sixth(text), description: sixth(text), tasks: [{ task_key: sixth(text) }] }),
      sources: [],
      host: HOST,
    }),
  'two versions': (text) =>
    diffVersions({ files: tree(text), secrets: [] }, { files: tree(text.split('').reverse().join('')), secrets: [] }),
  'words of the CLI': (text) => [warningsOf(text, hidden), errorText(text, hidden)],
  'a page for the model': (text) => page('x', text),
};

const source = (kind: string) => (text: string) => apart.analyze({ ...file(`/a.${kind}`, text), kind: 'file' });
/** Between whose stretches others have their turn: the longest stretch counts. */
const IN_STRETCHES: Readonly<Record<string, (text: string) => Promise<unknown>>> = {
  'the analysis of Python': source('py'),
  'the analysis of functions': (text) =>
    source('py')(`def f(a, b):\n    spark.table(a)\n    ${text}\n\nf("a.b.c", "d")\nf("a.b.d", "e")\n`),
  'the analysis of SQL': source('sql'),
  'a statement in settings': (text) => placesInText(`insert into a.b.c select ${text}`, apart.analyze),
  'the analysis of Scala': source('scala'),
  'the analysis of R': source('r'),
  'the search for secrets in code': (text) => findSecretsInText(text, 'a.py'),
  'the search for secrets in data': (text) => findSecretsInText(text, 'a.yml'),
};

export async function run(): Promise<void> {
  const texts = adversarialTexts(MIXTURES);
  const timers: [string, (text: string) => Promise<number>][] = [
    ...Object.entries(SYNC).map(([name, work]): [string, (text: string) => Promise<number>] => [name, async (text) => inOneGo(work, text)]),
    ...Object.entries(IN_STRETCHES).map(([name, work]): [string, (text: string) => Promise<number>] => [
      name,
      (text) => longestStretch(work, text),
    ]),
  ];
  let missed = 0;
  for (const [name, timed] of timers) {
    const worst = await worstOf(texts, timed);
    if (worst.ms > MOST_MS) missed++;
    const verdict = worst.ms <= MOST_MS ? 'ok' : 'MISSED';
    console.log(
      `${name.padEnd(32)} ${worst.ms.toFixed(1).padStart(8)} ms  (at most ${MOST_MS}: ${verdict})  ${worst.length} × ${worst.name.slice(0, 80)}`,
    );
  }
  console.log(`${texts.length} texts, ${timers.length} renderers and parsers, ${missed} missed`);
}

/** The slowest text; what is slow when it is short already is not tried longer, since that might not end. */
async function worstOf(texts: readonly Adversarial[], timed: (text: string) => Promise<number>) {
  let tried = texts.map((one) => ({ ...one, length: 0, ms: 0 }));
  for (const length of LENGTHS) {
    const measured: typeof tried = [];
    for (const one of tried) {
      const text = one.text(length).slice(0, LENGTH);
      let ms = Number.POSITIVE_INFINITY;
      // Warm, and without what else the machine did just then.
      for (let again = 0; again < 4 && ms > MOST_MS / 2; again++) ms = Math.min(ms, await timed(text));
      measured.push({ ...one, length: text.length, ms });
    }
    tried = measured.sort((a, b) => b.ms - a.ms);
    if ((tried[0]?.ms ?? 0) > MOST_MS) break;
    if (length === LENGTHS.at(-2)) tried = tried.slice(0, WORST);
  }
  const [worst] = tried;
  if (worst === undefined) throw new Error('There are no texts.');
  return worst;
}

/** Milliseconds since then that this thread may have worked: neither all that went by nor what other threads did for it count. */
function stopwatch(): () => number {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return Math.min(performance.now() - began, (user + system) / 1000);
  };
}

function inOneGo(work: Work, text: string): number {
  const took = stopwatch();
  work(text);
  return took();
}

async function longestStretch(work: (text: string) => Promise<unknown>, text: string): Promise<number> {
  let [longest, took, isOver] = [0, stopwatch(), false];
  const look = () => {
    longest = Math.max(longest, took());
    took = stopwatch();
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await work(text);
  longest = Math.max(longest, took());
  isOver = true;
  return longest;
}

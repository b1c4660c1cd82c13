// The design's table of who may import whom: a row for every folder of src outside bin and the playground.

/** What a folder may import besides values and zod: rooms, sub-rooms or packages; `x:types` for their types only. */
export const TABLE: Record<string, string> = {
  values: 'pino prom-client',
  config: 'config/variables bundle/model:types bundle/edit',
  'config/variables': '',
  'bundle/model': '',
  'bundle/data': 'bundle/model',
  'bundle/secrets': 'bundle/model:types',
  'bundle/currency': 'bundle/model:types',
  'bundle/yaml': 'bundle/model yaml',
  'bundle/check': 'bundle/model bundle/yaml',
  'bundle/generate': 'bundle/model bundle/data bundle/currency bundle/yaml bundle/check',
  'bundle/proof': 'bundle/model bundle/data bundle/secrets bundle/currency bundle/yaml bundle/generate',
  'bundle/edit': 'bundle/model bundle/data bundle/secrets bundle/yaml bundle/generate fflate',
  'analysis/source': 'bundle/model:types fflate',
  'analysis/sql': 'analysis/source @polyglot-sql/sdk',
  'analysis/python': 'analysis/source analysis/sql:types web-tree-sitter',
  'analysis/secrets':
    'bundle/model:types analysis/source @secretlint/core @secretlint/profiler @secretlint/secretlint-rule-preset-recommend',
  analysis: 'bundle/model:types analysis/source analysis/sql analysis/python analysis/secrets',
  'analysis/order': 'analysis/source analysis:types',
  'databricks/http': '@databricks/sdk-experimental',
  'databricks/api': 'bundle/model:types databricks/http',
  'databricks/api-writes': 'databricks/http databricks/api',
  databricks: 'bundle/model:types databricks/http databricks/api @databricks/sdk-experimental',
  'databricks/read': 'bundle/model analysis:types worker databricks/http databricks/api:types databricks:types',
  worker: 'bundle/model:types analysis',
  conversion: 'bundle analysis worker databricks:types databricks/read',
  'storage/db': '@databricks/lakebase @databricks/sdk-experimental @electric-sql/pglite pg pg-boss',
  'storage/bundles': 'bundle/model bundle/data:types bundle/secrets bundle/proof storage/db',
  'storage/slack': 'storage/db',
  'storage/usage': 'storage/db:types',
  storage: 'bundle/model:types bundle/secrets storage/db storage/bundles storage/slack storage/usage',
  identity: 'storage/usage:types storage/db:types storage openid-client',
  'deployment/install': 'fflate',
  'deployment/cli': 'bundle/model bundle/currency bundle/proof deployment/install:types',
  'deployment/policy': 'bundle/model bundle/currency bundle/check bundle/proof deployment/cli',
  'deployment/approval': 'bundle/model bundle/currency bundle/proof:types storage/db:types storage deployment/cli deployment/policy',
  'deployment/place': 'bundle databricks/api:types databricks:types databricks/read storage/db:types storage deployment/cli',
  'deployment/deployed': 'bundle/model bundle/proof databricks:types databricks/read:types storage:types deployment/policy:types',
  'deployment/data': 'bundle analysis worker storage/bundles:types deployment/policy',
  'deployment/plan':
    'bundle analysis/secrets databricks/api:types databricks:types databricks/read storage/db:types ' +
    'storage/bundles storage deployment/cli deployment/policy deployment/approval deployment/place ' +
    'deployment/deployed deployment/data croner',
  'deployment/execute':
    'bundle/model bundle/yaml bundle/proof databricks/api:types databricks/api-writes:types databricks:types ' +
    'databricks/read storage/db:types storage deployment/cli deployment/policy deployment/approval deployment/place ' +
    'deployment/deployed deployment/plan',
  deployment:
    'databricks/api-writes:types databricks:types databricks/read storage/bundles:types deployment/install ' +
    'deployment/cli deployment/approval deployment/place deployment/plan deployment/execute',
  agent: '@anthropic-ai/sdk',
  mcp: 'storage/bundles @modelcontextprotocol/sdk',
  'mcp/tools/support':
    'bundle analysis/secrets databricks/api:types databricks:types conversion storage/bundles:types ' +
    'deployment/approval:types deployment/plan:types agent:types',
  'mcp/tools':
    'bundle config analysis/sql analysis worker databricks/api:types databricks/read conversion storage/bundles:types ' +
    'deployment/approval:types deployment/plan:types mcp/tools/support',
  'mcp/server':
    'bundle/model bundle/secrets bundle/check analysis/secrets databricks/http databricks/api:types databricks:types ' +
    'storage/bundles deployment/plan:types mcp mcp/tools/support mcp/tools @modelcontextprotocol/sdk express',
  'mcp/client':
    'storage/bundles deployment/approval deployment/plan:types agent:types mcp mcp/tools/support mcp/server ' + '@modelcontextprotocol/sdk',
  'conversation/story': 'bundle storage:types deployment/policy:types deployment/approval:types agent:types',
  'conversation/history': 'bundle/model:types storage:types agent:types conversation/story',
  'conversation/limits': 'storage/usage:types storage:types',
  conversation:
    'bundle storage/bundles storage/slack:types storage/usage:types storage:types identity:types deployment/install:types deployment/policy:types ' +
    'deployment/approval:types deployment/plan:types deployment:types agent:types conversation/story conversation/history ' +
    'conversation/limits pg-boss:types',
  'slack/views':
    'deployment/policy deployment/approval:types conversation/story:types conversation/limits:types conversation:types @slack/types:types',
  'slack/views/modals': 'bundle/proof:types deployment/policy slack/views @slack/types:types',
  'slack/bolt': 'conversation:types @slack/bolt @slack/socket-mode @slack/web-api',
  'slack/thread':
    'bundle/model:types bundle/edit deployment/approval:types conversation/story conversation slack/views slack/bolt ' +
    '@slack/types:types @slack/web-api',
  'slack/listen':
    'identity:types conversation:types slack/views slack/views/modals slack/bolt slack/thread @slack/bolt:types @slack/web-api:types',
  slack: 'conversation:types slack/views slack/bolt slack/thread slack/listen',
  web: 'identity:types express',
  'command-line':
    'bundle config databricks/api databricks:types databricks/read conversion deployment/install deployment/cli ' +
    'deployment/policy:types deployment/execute',
};

// Which values are found as secrets, exactly where they stand, and what is left alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSecrets, findSecretsInText } from '../../../src/analysis/secrets/find.ts';
import { fc } from '../../fast-check.ts';

const CORPUS = process.env.CORPUS_DIR;
/** Made up, and put together here so that no scanner takes this file for a leak. */
const noise = (length: number, set = 'a1b2c3d4e5f60789') =>
  Array.from({ length }, (_, index) => set[(index * 7 + (index >> 2)) % set.length]).join('');
const B64 = 'aQ1bW2cE3dR4eT5fY6gU7hI8jO9kP0lAmSnDoFpGqHrJsKtLuZvXwCxVyBzNM+/';
const DAPI = `dapi${noise(32)}`;

/** The values found in a text. */
async function found(text: string, path = 'a.py'): Promise<string[]> {
  return (await findSecretsInText(text, path)).map(({ start, end }) => text.slice(start, end));
}

describe('secrets that are found', () => {
  it.each([
    ['Databricks token', DAPI],
    ['Databricks token', `${DAPI}-2`],
    ['Databricks OAuth secret', `dose${noise(32)}`],
    ['Slack token', `xoxb-123456789012-123456789012-${noise(24, B64.replace(/\W/g, ''))}`],
    ['GitHub token', `ghp_${noise(36)}`],
    ['GitLab token', `glpat-${noise(20)}`],
    ['OpenAI API key', `sk-proj-${noise(48)}`],
    ['Anthropic API key', `sk-ant-api03-${noise(90)}`],
    ['AWS access key', 'AKIAQWERTYUIOP7ASDFG'],
    ['Google API key', `AIza${noise(35)}`],
    ['Azure client secret', `abc8Q~${noise(34)}`],
    ['JSON web token', `eyJ${noise(30)}.eyJ${noise(40)}.${noise(43)}`],
    ['npm token', `npm_${noise(36)}`],
    ['Hugging Face token', `hf_${noise(34)}`],
    ['SendGrid API key', `SG.${noise(22)}.${noise(43)}`],
    ['Stripe key', `sk_live_${noise(24)}`],
  ])('%s by its shape, wherever it stands', async (kind, value) => {
    for (const text of [value, `x = "${value}"\n`, `# see ${value}.\n`, `{"a": ["--t", "${value}"]}`, `\n\n- ${value}`]) {
      const [one, ...more] = await findSecretsInText(text, 'a.txt');
      expect(more).toEqual([]);
      expect({ kind: one?.kind, value: text.slice(one?.start, one?.end) }).toEqual({ kind, value });
    }
  });

  it.each([
    ['password = "hunter2"', 'hunter2'],
    ["PASSWORD: str = 'hunter2'", 'hunter2'],
    ['db_password = ("hunter2")', 'hunter2'],
    ['conf["password"] = "hunter2"', 'hunter2'],
    ['connect(user="ana", password="hunter2", port=1)', 'hunter2'],
    ['df.write.option("user", "ana").option("password", "hunter2").save()', 'hunter2'],
    ['Map("password" -> "hunter2")', 'hunter2'],
    ['pwd <- "hunter2"', 'hunter2'],
    ['password = """hunter2"""', 'hunter2'],
    ['password = "so\\"be\\"it2"', 'so\\"be\\"it2'],
    ['os.getenv("DB_PASSWORD", "hunter2")', 'hunter2'],
    ['dbutils.widgets.text("password", "hunter2")', 'hunter2'],
    ['url = "jdbc:sqlserver://h.shop.test:1433;database=d;user=ana;password=hunter2;encrypt=true"', 'hunter2'],
    ['url = "jdbc:postgresql://h.shop.test/d?user=ana&password=hunter2"', 'hunter2'],
    ['odbc = "Driver={X};Server=h;UID=ana;PWD=hunter2"', 'hunter2'],
    ['url = "mongodb+srv://ana:hunter2@h.shop.test/d"', 'hunter2'],
    ['url = "redis://:hunter2@h.shop.test:6379/0"', 'hunter2'],
    ['url = "amqps://ana:hunter2@h.shop.test/v"', 'hunter2'],
    ['url = "https://ana:hunter2@h.shop.test/x.git"', 'hunter2'],
    ['url = "jdbc:oracle:thin:scott/tiger7@//h.shop.test:1521/x"', 'tiger7'],
    [`c = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${noise(86, B64)}==;EndpointSuffix=core.test"`, `${noise(86, B64)}==`],
    [`c = "Endpoint=sb://a.test/;SharedAccessKeyName=r;SharedAccessKey=${noise(43, B64)}="`, `${noise(43, B64)}=`],
    [`u = "https://a.blob.test/c?sv=2022-11-02&se=2030&sig=${noise(40)}%3D"`, `${noise(40)}%3D`],
    [`spark.conf.set("fs.azure.account.key.lake.dfs.core.windows.net", "${noise(86, B64)}==")`, `${noise(86, B64)}==`],
    [`spark.conf.set(f"fs.azure.account.oauth2.client.secret.{acc}.dfs", "${noise(40)}")`, undefined],
    [`spark.conf.set("fs.azure.account.oauth2.client.secret", "${noise(40)}")`, noise(40)],
    [`hadoop.set("fs.s3a.secret.key", "${noise(40, B64)}")`, noise(40, B64)],
    [`headers = {"Authorization": "Bearer ${noise(40)}"}`, noise(40)],
    ['requests.get(u, auth=("ana", "hunter2"))', 'hunter2'],
    [`client_secret = "${noise(32)}"`, noise(32)],
    [`api_key = '${noise(24)}'`, noise(24)],
    [`aws_secret_access_key="${noise(40, B64)}"`, noise(40, B64)],
    ["CREATE CONNECTION c TYPE postgresql OPTIONS (host 'h', user 'ana', password 'hunter2')", 'hunter2'],
    ["CREATE USER ana IDENTIFIED BY 'x'; set password = 'hunter2'", 'hunter2'],
    ['"cell": ["password = \\"hunter2\\"\\n"]', 'hunter2'],
    ['{"parameters": "{\\"password\\": \\"hunter2\\"}"}', 'hunter2'],
  ])('in code: %s', async (text, value) => {
    expect(await found(text)).toEqual(value === undefined ? [] : [value]);
    expect(await found(text.replace(value ?? '\0', '[secret: password]'))).toEqual([]);
  });

  it.each([
    ['a.json', '{"spark_conf": {"spark.hadoop.javax.jdo.option.ConnectionPassword": "hunter2"}}', 'hunter2'],
    ['a.json', '{"parameters": [{"name": "password", "default": "hunter2"}, {"name": "b", "default": "c"}]}', 'hunter2'],
    ['a.json', '{"parameters": [{"default": "c", "name": "b"}, {"default": "hunter2", "name": "db_password"}]}', 'hunter2'],
    ['a.json', '{"parameters": ["--user", "ana", "--password", "hunter2"]}', 'hunter2'],
    ['a.json', '{"parameters": ["--password=hunter2"]}', 'hunter2'],
    ['a.json', '{"docker_image": {"basic_auth": {"username": "ana", "password": "hunter2"}}}', 'hunter2'],
    ['a.yml', 'spark_env_vars:\n  DB_PASSWORD: hunter2\n  X: y\n', 'hunter2'],
    ['a.yml', 'parameters:\n  - name: a\n    default: b\n  - name: password\n    default: hunter2\n', 'hunter2'],
    ['a.yml', 'parameters:\n  - default: hunter2\n    name: password\n  - name: a\n    default: b\n', 'hunter2'],
    ['.env', 'export DB_PASSWORD=hunter2\n', 'hunter2'],
    ['init.sh', '#!/bin/bash\nDB_PASSWORD=hunter2 # ours\n', 'hunter2'],
  ])('in %s: %s', async (path, text, value) => {
    expect(await found(text, path)).toEqual([value]);
    expect(await found(text.replace(value, '[secret: password]'), path)).toEqual([]);
  });

  it('a private key from its first line to its last', async () => {
    const body = `\n${`${noise(64, B64)}\n`.repeat(12)}`;
    const text = `key = """-----BEGIN RSA PRIVATE KEY-----${body}-----END RSA PRIVATE KEY-----"""\n`;
    expect(await found(text)).toEqual([body]);
    expect(await found(JSON.stringify({ type: 'service_account', private_key: text }), 'key.json')).toEqual([
      JSON.stringify(body).slice(1, -1),
    ]);
  });

  it('several, in their order and with their lines, each once', async () => {
    const text = `a = 1\npassword = "${DAPI}"\r\n\nurl = "https://ana:hunter2@h.shop.test"; pwd = "x9"\n`;
    expect((await findSecretsInText(text, 'a.py')).map(({ line, kind }) => `${line} ${kind}`)).toEqual([
      '2 Databricks token',
      '4 password in a URL',
      '4 password',
    ]);
  });

  it('even where a comment tells a scanner to look away', async () => {
    expect(await found(`# secretlint-disable\nnpm = "npm_${noise(36)}"\n`)).toEqual([`npm_${noise(36)}`]);
  });
});

describe('what is no secret', () => {
  it.each([
    'password = dbutils.secrets.get("scope", "db-password")',
    'password = dbutils.secrets.get(scope="shop-secrets", key="password-2024x")',
    'spark.conf.set("fs.azure.account.key.lake.dfs.core.windows.net", "{{secrets/shop/lake-key}}")',
    '"spark.password": "{{secrets/shop/password}}"',
    "select secret('shop', 'password1')",
    'password = os.environ["DB_PASSWORD"]',
    'password = os.getenv("DB_PASSWORD")',
    'password = os.environ.get("DB_PASSWORD", "")',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as a bundle writes it.
    'password: "${var.password}"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as a bundle writes it.
    'password = "${DB_PASSWORD}"',
    'url = f"jdbc:x://h;user={user};password={password}"',
    'url = f"https://{user}:{password}@h.shop.test"',
    'url = "https://user:<password>@h.shop.test"',
    'url = "jdbc:x://h;password=" + password',
    'password = "<password>"',
    'password = "********"',
    'password = "xxx"',
    'password = "changeme"',
    'password = "YOUR_PASSWORD"',
    'password = "your password here"',
    'password = None',
    'password = ""',
    'password = "password"',
    'password = "[secret: password]"',
    'token = "[secret: Databricks token]"',
    'prompt = getpass("Password: ")',
    'raise ValueError("password: it must not be empty")',
    'parser.add_argument("--password", help="the password of the database")',
    'password_column = "pw_hash"',
    'secret_scope = "shop-prod-2024-scope"',
    'secret_key = "db-password-2"',
    'df.select("token", "password", "email").withColumnRenamed("pwd", "password")',
    'StructField("token", StringType(), True)',
    'schema = {"token": "string", "secret": "boolean"}',
    'token = response.json()["access_token"]',
    'access_token = get_token(client_id, client_secret)',
    'tokenizer = AutoTokenizer.from_pretrained("distilbert-base-uncased-finetuned-sst-2-english")',
    'max_tokens = 4096; pad_token = "[PAD]"; eos_token = "</s2>"',
    'next_page_token = "abc123DEF456ghi789"',
    '"idempotency_token": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"',
    'token_url = "https://login.test/oauth2/v2.0/token"',
    '"client_id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"',
    'headers = {"Authorization": f"Bearer {token}"}',
    'headers = {"Authorization": "Bearer " + token}',
    'commit = "9fceb02d0ae598e95dc970b74767f19372d61af8"',
    'path = "abfss://raw@lake.dfs.core.windows.net/a/b"',
    'host = "https://adb-1234567890123456.7.azuredatabricks.net:443/a?o=1@2"',
    'pwd = "/Workspace/Users/ana"',
    'image = "123456789012.dkr.ecr.eu-west-1.test/app@sha256:9fceb02d0ae598e95dc970b74767f19372d61af8"',
    'if event.key == "token": pass',
    "Asks for user and password:\n    user_pass = '%s:%s' % (user, password)",
    "Says more.\n    Pass 'parameters' and a token",
    '"MODULE_PWD_STATE": "yes"',
    'email = "ana@shop.test"; time = "12:30"; x = {"a": 1}',
  ])('%s', async (text) => {
    expect(await found(text)).toEqual([]);
  });

  it('an ordinary notebook', async () => {
    const text = `# Databricks notebook source
# MAGIC %md ## Orders: tokens are split, passwords are never read
# COMMAND ----------
import os
from pyspark.sql import functions as F
catalog = dbutils.widgets.get("catalog")
key_columns = ["order_id", "customer_id"]
password = dbutils.secrets.get(scope="shop", key="jdbc-password")
orders = (spark.read.format("jdbc").option("url", f"jdbc:postgresql://db.shop.test:5432/shop")
    .option("user", "reader").option("password", password).option("dbtable", "public.orders").load())
orders.withColumn("token_count", F.size(F.split("note", " "))).write.mode("overwrite").saveAsTable(f"{catalog}.silver.orders")
display(spark.sql("select sha2(secret_note, 256) as note_hash from silver.notes where access_key = 'A' or key = 'b'"))
`;
    expect(await found(text)).toEqual([]);
  });
});

describe('in any text', () => {
  const around = fc.string({ unit: fc.constantFrom('\n', ' ', 'é', '=', '"', "'", '\\', '{', '😀', '(', '#', ',', '\r\n', '<', '%') });

  it('a token is found at its place', async () => {
    const token = fc.stringMatching(/^dapi[0-9a-f]{32}$/);
    await fc.assert(
      fc.asyncProperty(around, token, around, async (before, value, after) => {
        const text = `${before}${value}${after}`;
        const places = (await findSecretsInText(text, 'a.py')).filter(
          ({ start, end }) => start <= before.length && end >= before.length + value.length,
        );
        expect(places).toHaveLength(1);
        expect(places[0]?.line).toBe(before.split('\n').length);
      }),
    );
  });

  it('without letters and digits nothing is', async () => {
    await fc.assert(
      fc.asyncProperty(around, async (text) => {
        expect(await findSecretsInText(text.replace(/é/g, ''), 'a.py')).toEqual([]);
      }),
    );
  });

  it('findings stand in order, apart and inside of the text', async () => {
    const piece = fc.constantFrom(
      'password',
      '"',
      "'",
      ' = ',
      ':',
      'hunter2',
      DAPI,
      '://a:b2@',
      '\\"',
      '{',
      '}',
      'name',
      'value',
      '\n- ',
      'token',
      noise(40),
      ',',
      '(',
      '-----BEGIN PRIVATE KEY-----',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.constantFrom('a.py', 'a.yml', 'a.json'), async (pieces, path) => {
        const text = pieces.join('');
        let last = 0;
        for (const { start, end } of await findSecretsInText(text, path)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
      }),
    );
  });

  it('bytes of any kind are read, and archives are not', async () => {
    const bytes = Buffer.from(`\ufeffpassword = "hunter2"\n\u0000`);
    const [one] = await findSecrets([{ path: 'a/b.py', bytes }]);
    expect(one).toEqual({ path: 'a/b.py', line: 1, start: 12, end: 19, kind: 'password' });
    expect(await findSecrets([{ path: 'a/b.whl', bytes }])).toEqual([]);
    expect(await findSecrets([{ path: 'a/b.py', bytes: Buffer.from([0xff, 0xfe, 0x00]) }])).toEqual([]);
  });
});

describe.runIf(CORPUS !== undefined)('the corpus', () => {
  it('has a literal password in one definition, and nothing that only looks like a secret', async () => {
    const folder = join(CORPUS ?? '', 'jobs');
    const files = readdirSync(folder).map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
    expect((await findSecrets(files)).map(({ path, kind }) => `${path}: ${kind}`)).toEqual([
      'genesis-workbench-bionemo-esm-inference.json: password',
    ]);
  });
});

it('nothing of a search is kept: measuring it would grow with each file as long as the process lives', async () => {
  await findSecretsInText('first', 'a.py');
  const kept = () => performance.getEntriesByType('mark').length;
  const before = kept();
  await findSecretsInText(`token = "${DAPI}"`, 'a.py');
  expect(kept()).toBe(before);
  expect(before).toBe(0);
});

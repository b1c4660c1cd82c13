// The schema, as numbered steps that are applied once each, in order, at start.

/**
 * The oldest program, by how many entries it knows, that may start on a database to which all were applied: beside a newer one while that is
 * rolled out, and after it when it is taken back. So an entry adds, and what it replaces goes in a later release, with this number
 * raised to the programs that do without (test/storage/db/older-program.test.ts holds it).
 */
export const OLDEST_PROGRAM = 14;

/** Each entry is one migration: the SQL that takes the schema from its index to the next. Never edit one that has shipped. */
export const MIGRATIONS: readonly string[] = [
  `
  -- Slack's envelopes, stored before they are acknowledged; the id dedupes redeliveries.
  create table inbox (
    id text primary key,
    kind text not null,
    payload jsonb not null,
    state text not null default 'received' check (state in ('received', 'done', 'failed')),
    received_at timestamptz not null default now(),
    done_at timestamptz
  );
  create index inbox_open on inbox (received_at) where state = 'received';

  -- Who in Slack is who in Databricks, and the sealed tokens of that link (the vault).
  create table links (
    team text not null, slack_user text not null, host text not null,
    databricks_id text not null, user_name text not null, display_name text not null,
    linked_at timestamptz not null default now(),
    primary key (team, slack_user, host)
  );
  create table grants (
    team text not null, slack_user text not null, host text not null,
    sealed bytea not null, key_id text not null, expires_at timestamptz not null, version integer not null default 1,
    primary key (team, slack_user, host),
    foreign key (team, slack_user, host) references links on delete cascade
  );
  create table link_attempts (
    nonce text primary key,
    team text not null, slack_user text not null, slack_name text not null, slack_email text not null, host text not null,
    resume jsonb,
    state text not null default 'started' check (state in ('started', 'opened', 'authorized', 'confirmed', 'refused')),
    browser_hash text, verifier text, csrf_hash text, sealed bytea, key_id text, token_expires_at timestamptz,
    databricks_id text, user_name text, display_name text,
    created_at timestamptz not null default now(), expires_at timestamptz not null
  );

  -- Threads, their turns and what the model said; content is stored verbatim (preserved thinking).
  create table conversations (
    id text primary key,
    team text not null, channel text not null, thread_ts text not null, private boolean not null default false,
    requester text not null, subject jsonb not null,
    frozen json, -- json keeps the order of keys: the model must see the same bytes again
    created_at timestamptz not null default now(),
    unique (channel, thread_ts)
  );
  create table turns (
    id text primary key,
    conversation_id text not null references conversations,
    slack_user text not null, text text not null, event_key text not null unique,
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'stopped')),
    bundle_digest text, -- the bundle this turn has made so far
    progress_ts text, -- of the message (or open stream) that shows the steps, so that a restart can repair it
    created_at timestamptz not null default now(), finished_at timestamptz
  );
  create index turns_of_conversation on turns (conversation_id, created_at);
  create table messages (
    conversation_id text not null references conversations, seq integer not null,
    turn_id text not null references turns, role text not null, content json not null,
    primary key (conversation_id, seq)
  );
  create table steps (
    turn_id text not null references turns, id text not null, seq integer not null,
    title text not null, status text not null, details text,
    primary key (turn_id, id)
  );

  -- Bundles by digest: immutable trees, their files kept once per content.
  create table blobs (sha256 text primary key, bytes bytea not null);
  create table definitions (
    id text primary key, host text not null, job_id text not null, body text not null
  );
  create table bundles (
    digest text primary key,
    files jsonb not null, meta jsonb not null,
    definition_id text references definitions, parent text references bundles,
    created_at timestamptz not null default now()
  );
  create table versions (
    conversation_id text not null references conversations, number integer not null,
    bundle_digest text not null references bundles, turn_id text not null references turns,
    created_at timestamptz not null default now(),
    primary key (conversation_id, number),
    unique (conversation_id, turn_id)
  );
  create table proofs (
    bundle_digest text not null references bundles, host text not null, user_name text not null, proof jsonb not null,
    primary key (bundle_digest, host, user_name)
  );

  -- Writes that somebody may approve, and what became of them.
  create table proposals (
    id text primary key,
    conversation_id text not null references conversations, version integer not null, bundle_digest text not null references bundles,
    target text not null, host text not null, user_name text not null, slack_user text not null,
    plan text not null, plan_digest text not null, summary jsonb not null, cli_version text not null,
    state text not null default 'open' check (state in ('open', 'declined', 'superseded', 'approved', 'running', 'done', 'failed', 'unknown')),
    decided_by text, decided_as text, decided_at timestamptz,
    result jsonb,
    created_at timestamptz not null default now(), expires_at timestamptz not null
  );
  create index proposals_of_conversation on proposals (conversation_id, version);

  -- What is to be said in Slack: written first, sent once.
  create table outbox (
    id text primary key, seq bigserial,
    conversation_id text references conversations, turn_id text references turns,
    kind text not null, payload jsonb not null,
    state text not null default 'pending' check (state in ('pending', 'sending', 'sent')),
    ts text, sent_at timestamptz, created_at timestamptz not null default now()
  );
  create index outbox_open on outbox (conversation_id, seq) where state <> 'sent';
  `,
  `
  -- A refresh under way, and until when the process that does it is believed to live: refresh tokens work once.
  alter table grants add column refreshing_until timestamptz;
  `,
  `
  -- Writes other than deployments that somebody may approve: the exact arguments as text, and what became of them.
  create table writes (
    id text primary key,
    conversation_id text references conversations, turn_id text references turns, slack_user text, -- once a thread shows it
    host text not null, user_name text not null,
    kind text not null, subject text not null, arguments text not null, digest text not null,
    state text not null default 'open' check (state in ('open', 'declined', 'superseded', 'approved', 'running', 'done', 'failed', 'unknown')),
    decided_by text, decided_as text, decided_at timestamptz,
    result jsonb,
    created_at timestamptz not null default now(), expires_at timestamptz not null
  );
  create index writes_of_turn on writes (turn_id, created_at);
  create index writes_of_conversation on writes (conversation_id, subject) where state = 'open';
  `,
  `
  -- Whose bundles they are on a server that several people use over HTTP: a digest is no secret, a tree may be.
  create table bundle_owners (
    owner text not null, digest text not null references bundles, created_at timestamptz not null default now(),
    primary key (owner, digest)
  );
  `,
  `
  -- Who may open a thread about a subject in a channel now: of two people who ask at the same moment one opens it.
  create table openings (
    channel text not null, subject text not null, request text not null, until timestamptz not null,
    primary key (channel, subject)
  );
  create index conversations_about on conversations using gin (subject jsonb_path_ops);
  `,
  `
  -- What a deployment would change, as the JSON text that its card is drawn from; it takes the place of a count of the plan's actions.
  alter table proposals add column release text;
  alter table proposals drop column summary;
  update proposals set state = 'superseded' where state = 'open';
  `,
  `
  -- Where a subject's target lies in a workspace, and what was deployed there last; production lies in one place.
  create table places (
    id text primary key,
    host text not null, root_path text not null,
    subject text not null, target text not null, environment text not null check (environment in ('development', 'production')),
    owner text not null, bundle_name text not null, adoption text not null,
    bundle_digest text references bundles, version integer, deployed_by text, deployed_at timestamptz,
    adopted jsonb not null default '{}', manifest jsonb not null default '{}',
    unique (host, root_path)
  );
  create unique index places_of_production on places (host, subject, target) where environment = 'production';
  alter table proposals add column root_path text, add column subject text, add column environment text;
  `,
  `
  -- Runs that were started and are followed to their end: when the next look is due, by the program's clock.
  alter table writes add column next_look timestamptz;
  create index writes_followed on writes (next_look) where state = 'running';
  `,
  `
  -- A version may come of a press on a button, which is no turn: then the press is named.
  alter table versions alter column turn_id drop not null;
  alter table versions add column asked_id text;
  create unique index versions_asked on versions (conversation_id, asked_id);
  `,
  `
  -- Where what a destroy would delete lies: one thing at a time is done there.
  alter table writes add column root_path text;
  update writes set state = 'superseded' where state = 'open' and kind = 'destroy_bundle';
  create index proposals_at_place on proposals (host, root_path);
  `,
  `
  -- What was called a secret in a conversation: the value sealed with the vault's key, and found again by its keyed hash.
  create table called_secrets (
    conversation_id text not null references conversations, hash text not null, name text not null,
    sealed bytea not null, key_id text not null, seq bigserial,
    primary key (conversation_id, hash), unique (conversation_id, name)
  );
  `,
  `
  -- Who works on what, and until when they are believed to live; each taking gets a higher number.
  create table leases (key text primary key, owner text not null, fence bigint not null, until timestamptz not null);
  create sequence lease_fences;
  -- Raises where one of them is not ours any more; until the statement's transaction ends, nobody takes one over.
  create function require_leases(keys text[], fences bigint[]) returns boolean language plpgsql as $$
  declare ours integer;
  begin
    perform 1 from leases join unnest(keys, fences) as mine (key, fence) on leases.key = mine.key and leases.fence = mine.fence for share of leases;
    get diagnostics ours = row_count;
    if ours < cardinality(keys) then raise exception 'a lease is lost' using errcode = 'DAB01'; end if;
    return true;
  end $$;
  `,
  `
  -- When the write itself began: what a dead process had not begun is begun anew, what it had is found out about.
  alter table proposals add column begun_at timestamptz;
  alter table writes add column begun_at timestamptz;
  update proposals set begun_at = decided_at where state = 'running';
  update writes set begun_at = decided_at where state = 'running';
  -- Who pressed Stop on a turn that runs, in whichever process.
  alter table turns add column stopped_by text;
  `,
  `
  -- Where the model's history begins anew: its opening stands for all messages up to after_seq.
  create table segments (
    conversation_id text not null references conversations, number integer not null,
    turn_id text not null references turns, reason text not null, after_seq integer not null,
    frozen json not null, opening json not null, created_at timestamptz not null default now(),
    primary key (conversation_id, number)
  );
  `,
  `
  -- What a message shows in Slack, as a digest: every process draws. Nothing where that is not known.
  alter table outbox add column shown text;
  `,
  `
  -- Which press decided: told again after a crash, it is no second one.
  alter table proposals add column decided_click text;
  alter table writes add column decided_click text;
  `,
  `
  -- Where people want their development copies to write, by the catalog of production; an own catalog that is missing is that one.
  create table dev_data (
    host text not null, user_name text not null, catalog text not null,
    own_schema text, own_catalog text, answered_at timestamptz not null default now(),
    primary key (host, user_name, catalog)
  );
  `,
  `
  -- How many conversations are being worked on is asked by each new one.
  create index turns_open on turns (conversation_id) where state in ('queued', 'running');
  `,
  `
  -- What each reply of the model has cost, and for whom. It names its turn and needs none: what is spent is spent.
  create table costs (
    id bigserial primary key, turn_id text not null, team text not null, channel text not null, slack_user text not null,
    model text not null, dollars numeric not null,
    input_tokens integer not null, output_tokens integer not null, cache_write_tokens integer not null, cache_read_tokens integer not null,
    at timestamptz not null default now()
  );
  create index costs_of_team on costs (team, at);
  create index costs_of_turn on costs (turn_id);
  create index turns_lately on turns (created_at);
  `,
  `
  -- Which program carries a write out, on which machine: whether it still runs is looked up there when its owner has died.
  alter table proposals add column program jsonb;
  alter table writes add column program jsonb;
  -- When it is looked for again how a deployment ended whose program can't be seen.
  alter table proposals add column next_look timestamptz;
  create index proposals_unseen on proposals (next_look) where state = 'unknown';
  `,
  `
  -- Where a sign-in was asked for: open ones are counted by channel too.
  alter table link_attempts add column channel text;
  `,
  `
  -- When calls of Slack were made or are booked, oldest first: what it limits is the sum of all processes.
  create table call_rates (key text primary key, times bigint[] not null);
  `,
  `
  -- Conversations whose messages may not show yet what their rows say; the number tells askings apart.
  create table redraws (conversation_id text primary key references conversations, asked bigserial);
  -- A list of steps that is closed shows in no message any more that somebody has to see to.
  update turns set progress_ts = null where state in ('done', 'failed', 'stopped');
  -- Cards are looked for whenever one may have changed.
  create index outbox_of_conversation on outbox (conversation_id, kind, seq) where conversation_id is not null;
  `,
];

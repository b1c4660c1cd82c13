// Rows of places: where a subject's target lies in a workspace, whose it is, and what was deployed there last.
import { randomUUID } from 'node:crypto';
import type { Adoption, Environment } from '../bundle/model/bundle.ts';
import { type Db, typed } from './db/db.ts';

export interface PlaceRow {
  readonly id: string;
  readonly host: string;
  /** Written out, with /Workspace. */
  readonly rootPath: string;
  /** `job 123` or `folder /…`. */
  readonly subject: string;
  readonly target: string;
  readonly environment: Environment;
  /** The user whose home it is in, or the folder that a team shares. */
  readonly owner: string;
  readonly bundleName: string;
  /** What became of the originals: see Adoption. */
  readonly adoption: Adoption;
  /** Absent until a deployment has ended well; so are version, deployedBy and deployedAt. */
  readonly bundleDigest?: string;
  readonly version?: number;
  readonly deployedBy?: string;
  readonly deployedAt?: Date;
  /** The ids of originals that were taken over, by `jobs.key`. */
  readonly adopted: Readonly<Record<string, string>>;
  /** sha256 (hex) of the files that were deployed last, by their path in the bundle. */
  readonly manifest: Readonly<Record<string, string>>;
}

/** A claim fails where another subject has the place, or where production of this subject lies elsewhere. */
type Claim = { readonly kind: 'claimed' } | { readonly kind: 'taken' | 'elsewhere'; readonly place: PlaceRow };

export type PlaceRows = ReturnType<typeof createPlaceRows>;

export function createPlaceRows(db: Db) {
  return {
    /** What is known to lie at a path. */
    at: (of: { readonly host: string; readonly rootPath: string }) => placeAt(db, of),
    /** Where production of a subject lies; undefined where nobody has deployed it by this bot. */
    ofProduction: (of: { readonly host: string; readonly subject: string; readonly target: string }) => productionOf(db, of),
    /** Whether deployments are written down here: a server of tools alone makes none, and sees those of a bot whose database it shares. */
    areKnown: async () => (await db.query('select 1 from places limit 1')).length > 0,
    /** Forgets a place whose deployment was destroyed. */
    async forget({ host, rootPath }: { readonly host: string; readonly rootPath: string }): Promise<void> {
      await db.query('delete from places where host = $1 and root_path = $2', [host, rootPath]);
    },
  };
}

/** Whose place it is, by its path: the user of the home, or the folder that it is kept in. */
function ownerOfRoot(rootPath: string): string {
  return /^\/Workspace\/Users\/([^/]+)\//.exec(rootPath)?.[1] ?? rootPath.replace(/\/\.bundle\/.*$/, '');
}

/** Takes the place of a proposal that starts, within the transaction that starts it, so that nobody else can begin another production. */
export async function claimPlace(tx: Db, proposalId: string): Promise<Claim> {
  const [of] = await tx.query(
    `select p.host, p.root_path, p.subject, p.target, p.environment, b.meta->>'name' as bundle_name,
       coalesce(b.meta->'adoption'->>p.target, 'copy') as adoption
     from proposals p join bundles b on b.digest = p.bundle_digest where p.id = $1 and p.root_path is not null`,
    [proposalId],
  );
  if (of === undefined) return { kind: 'claimed' };
  const [host, rootPath, subject, target] = [of.host, of.root_path, of.subject, of.target].map(String) as [string, string, string, string];
  await tx.query(
    `insert into places (id, host, root_path, subject, target, environment, owner, bundle_name, adoption)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [randomUUID(), host, rootPath, subject, target, of.environment, ownerOfRoot(rootPath), of.bundle_name, of.adoption],
  );
  const there = await placeAt(tx, { host, rootPath });
  if (there !== undefined && (there.subject !== subject || there.target !== target)) return { kind: 'taken', place: there };
  const own = of.environment === 'production' ? await productionOf(tx, { host, subject, target }) : undefined;
  return own !== undefined && own.rootPath !== rootPath ? { kind: 'elsewhere', place: own } : { kind: 'claimed' };
}

/** Writes down what a proposal has deployed to its place, within the transaction that ends it. */
export async function placeDeployed(tx: Db, proposalId: string): Promise<void> {
  await tx.query(
    `update places set bundle_digest = p.bundle_digest, version = p.version, deployed_by = p.user_name, deployed_at = now(),
       target = p.target, environment = p.environment, bundle_name = b.meta->>'name',
       adoption = coalesce(b.meta->'adoption'->>p.target, 'copy'),
       manifest = (select coalesce(jsonb_object_agg(f->>'path', f->>'sha256'), '{}') from jsonb_array_elements(b.files) f),
       adopted = case when b.meta->'adoption'->>p.target = 'bind' then
         (select coalesce(jsonb_object_agg((r->>'type') || '.' || (r->>'key'), r->>'id'), '{}')
          from jsonb_array_elements(b.meta->'resources') r where coalesce(r->>'id', '') <> '') else places.adopted end
     from proposals p join bundles b on b.digest = p.bundle_digest
     where p.id = $1 and places.host = p.host and places.root_path = p.root_path`,
    [proposalId],
  );
}

/** Gives up the place of a proposal that has changed nothing, where nothing was deployed before it either. */
export async function leavePlace(tx: Db, proposalId: string): Promise<void> {
  await tx.query(
    `delete from places using proposals p
     where p.id = $1 and places.host = p.host and places.root_path = p.root_path and places.bundle_digest is null
       and not exists (select 1 from proposals other where other.id <> p.id and other.host = p.host and other.root_path = p.root_path
         and (other.state in ('running', 'unknown') or (other.state = 'failed' and coalesce(other.result->>'ending', 'mix') <> 'nothing')))`,
    [proposalId],
  );
}

async function placeAt(db: Db, { host, rootPath }: { host: string; rootPath: string }): Promise<PlaceRow | undefined> {
  const [row] = await db.query('select * from places where host = $1 and root_path = $2', [host, rootPath]);
  return row && typed<PlaceRow>(row);
}

async function productionOf(db: Db, of: { host: string; subject: string; target: string }): Promise<PlaceRow | undefined> {
  const [row] = await db.query(`select * from places where host = $1 and subject = $2 and target = $3 and environment = 'production'`, [
    of.host,
    of.subject,
    of.target,
  ]);
  return row && typed<PlaceRow>(row);
}

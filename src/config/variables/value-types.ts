// The kinds of value a variable may have: how its text is checked and turned, and what docs/configuration.md calls it (`type`).
import { z } from 'zod';

export const text = z.string().min(1).meta({ type: 'text' });

/** Databricks Apps may hand over the host without a scheme (facts: databricks#apps-runtime). */
export const host = z
  .string()
  .transform((given) => (given.includes('://') ? given : `https://${given}`).replace(/\/+$/, ''))
  .pipe(z.url('must be a URL such as https://my-workspace.cloud.databricks.com'))
  .meta({ type: 'host or URL' });

export const url = z
  .url('must be a URL')
  .transform((given) => given.replace(/\/+$/, ''))
  .meta({ type: 'URL' });

/** Where people's tokens may be sent. Whoever gives an app's address alone means its `/mcp`. */
export const mcpUrl = url
  .refine((given) => /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(given), 'must be https, or on this machine')
  .transform((given) => (new URL(given).pathname === '/' ? new URL('/mcp', given) : new URL(given)))
  .meta({ type: 'URL' });

/** Where a file is that a program may fetch. */
export const addressOrPath = z
  .string()
  .regex(/^(https?:\/\/|\/Volumes\/|\/Workspace\/)./, 'must be an address (https://…) or a file below /Volumes/ or /Workspace/')
  .meta({ type: 'URL or path' });

export const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((given) => given === 'true')
  .meta({ type: '`true` or `false`' });

export const port = z.coerce.number().int().min(0).max(65535).meta({ type: 'port' });

/** How often something happens. */
export const count = z.coerce.number().int().positive('must be 1 or more').meta({ type: 'number' });

/** How long what a process has in hand is its own: it is renewed four times as often, and a beat or two may come late. */
export const leaseSeconds = z.coerce.number().int().min(1, 'must be 1 to 300').max(300, 'must be 1 to 300').meta({ type: 'seconds' });

/** Three numbers. Infinity where there is none. */
export const limits = (usual: string) =>
  z
    .string()
    .regex(
      /^ *(none|\d+(\.\d+)?)( *, *(none|\d+(\.\d+)?)){2} *$/,
      'must be three numbers (for a person, a channel and the team) or none, by commas, such as 40,200,none',
    )
    .transform((given) => {
      const [person = 0, channel = 0, team = 0] = given
        .split(',')
        .map((one) => (one.trim() === 'none' ? Number.POSITIVE_INFINITY : Number(one)));
      return { person, channel, team };
    })
    .prefault(usual)
    .meta({ type: 'three numbers', default: `\`${usual}\`` });

export const list = z
  .string()
  .transform((given) => given.split(',').map((one) => one.trim()))
  .pipe(z.array(z.string().min(1, 'holds an empty entry')))
  .meta({ type: 'list, by commas' });

/** One of a few words. */
export function oneOf<const Choice extends string>(...choices: readonly [Choice, Choice, ...Choice[]]) {
  const words = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return z.enum(choices, `must be ${words}`).meta({ type: words.replace(/[\w-]+(?=,| or|$)/g, '`$&`') });
}

/** A key of AES-256. */
export const vaultKey = z
  .string()
  .transform((given) => Buffer.from(given, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64 (make one with: openssl rand -base64 32)')
  .meta({ type: '32 bytes in base64' });

/** How many times as fast time goes, and since which millisecond of 1970: `20@1764000000000`. */
export const clockScale = z
  .string()
  .regex(/^[1-9]\d{0,3}@\d{13}$/, 'must be a factor, @ and milliseconds since 1970')
  .transform((given) => {
    const [factor, since] = given.split('@');
    return { factor: Number(factor), since: Number(since) };
  })
  .meta({ type: 'factor@milliseconds' });

/** Whose it is stands in it as a word of its own. */
export const devSchema = z
  .string()
  .regex(/^(?:\w+_)?\{short_name\}(?:_\w+)?$/, 'must be letters, digits and _ around {short_name}, such as dev_{short_name}')
  .optional()
  .meta({
    type: 'name of a schema',
    default: '`dev_{short_name}`',
    description:
      'The schema that a new development copy writes to. `{short_name}` stands for whoever deploys it, as the CLI shortens their name.',
  });

export const devCatalog = z.string().regex(/^\w+$/, 'must be letters, digits and _').optional().meta({
  type: 'name of a catalog',
  default: 'production’s',
  description:
    'The catalog that a new development copy writes to, where the job takes its catalog by a parameter. Where a schema of its own keeps a copy apart, it stays in production’s catalog if it reads there what the job does not make.',
});

/** A folder of the workspace that several people share. */
export const teamFolder = z
  .string()
  .transform((given) => given.replace(/\/+$/, ''))
  .refine(
    (given) => /^\/Workspace(\/(?!\.{1,2}(\/|$))[^/\\$]+)+$/.test(given) && !/^\/Workspace\/(Users|Repos)(\/|$)/.test(given),
    'must be a folder below /Workspace that is nobody’s home, such as /Workspace/Teams/data',
  )
  .optional()
  .meta({
    type: 'workspace folder',
    description:
      'Where production is deployed to: its own folder below `.bundle` in this one, which whoever deploys must manage. Unset: the home of the person who asks first, where nobody else can deploy it.',
  });

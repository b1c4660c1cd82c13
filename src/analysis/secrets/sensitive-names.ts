// Names that a secret is given under, and how sure one can be by the name alone.

/** `password`: any value counts. `key`: only one that looks made by a machine. */
export type NameClass = 'password' | 'key';

/** The word within a name by which it is looked for. */
export const SENSITIVE_WORD =
  /passw(?:or)?d|passphrase|passwort|pwd|secret|token|api[_.-]?key|access[_.-]?key|account[_.-]?key|private[_.-]?key|auth[_.-]?key|shared[_.-]?key|encryption[_.-]?key|signing[_.-]?key|credential|fs\.azure\.sas|sas[_.-]?key|\bpass\b|_pass\b/gi;

/** Where the name goes on so, it is about the secret and not the secret itself. */
const ABOUT =
  /(?:field|column|col|name|scope|path|file|filename|env|envvar|var|variable|policy|length|len|required|label|hint|regex|pattern|url|uri|endpoint|type|id|ids|ref|arn|location|count|limit|index|prompt|prefix|suffix|expiry|expires(?:[_-]?in)?|expiration|ttl|version|provider|vault|manager|class|header|format|hash|store|source|mode|enabled|alias|key[_-]?name|list|dir|folder|usage|cost|price|budget|size|window|state|status|flags?)s?$/i;
/** Names that hold one of the words and mean something else. */
const OTHER =
  /(?:page|continuation|pad|eos|bos|unk|sep|cls|mask|stop|special|idempotency|next|input|output|prompt|completion|max|min|num|sync|cancellation|delimiter|start|end)[_.-]?(?:new[_-]?)?tokens?(?:$|[_.-])|tokens$|token(?:iz|ised?|ized)|passthrough|bypass|secretary/i;

/** What a name promises; undefined where it promises nothing. The name may hold dots, as in `fs.azure.account.key.lake.dfs.core.windows.net`. */
export function classOfName(name: string): NameClass | undefined {
  if (OTHER.test(name)) return undefined;
  if (/fs\.azure\.(?:account\.key|account\.oauth2\.client\.secret|sas)\b/i.test(name)) return 'key';
  if (ABOUT.test(name)) return undefined;
  return /passw(?:or)?d|passwort|passphrase|pwd|(?:^|[_.-])pass$/i.test(name) ? 'password' : 'key';
}

/** Words for people, from the name. */
export function describeName(name: string, kind: NameClass): string {
  if (kind === 'password') return /passphrase/i.test(name) ? 'passphrase' : 'password';
  if (/account[_.-]?key/i.test(name)) return 'Azure account key';
  if (/fs\.azure\.sas|sas[_.-]?key/i.test(name)) return 'Azure shared access signature';
  if (/api[_.-]?key/i.test(name)) return 'API key';
  if (/secret/i.test(name)) return 'client secret or secret key';
  if (/token/i.test(name)) return 'token';
  return /credential/i.test(name) ? 'credential' : 'secret key';
}

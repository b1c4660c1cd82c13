// Secrets known by their own shape, which secretlint's rules leave out, and the words for what those find (facts: libraries#secret-scanner).

/** One shape. `value` names the part that is secret; `hint`, in small letters, stands in every match. */
interface SecretPattern {
  readonly kind: string;
  readonly hint: string;
  /** With the flags `d` and `g`; every repetition is bounded, so that no text makes it slow. */
  readonly pattern: RegExp;
}

export const PATTERNS: readonly SecretPattern[] = [
  { kind: 'Databricks token', hint: 'dapi', pattern: /(?<![A-Za-z0-9])(?<value>dapi[0-9a-fA-F]{32}(?:-\d{1,2})?)(?![0-9a-fA-F])/dg },
  { kind: 'Databricks OAuth secret', hint: 'dose', pattern: /(?<![A-Za-z0-9])(?<value>dose[0-9a-fA-F]{32})(?![0-9a-fA-F])/dg },
  { kind: 'Databricks token', hint: 'dkea', pattern: /(?<![A-Za-z0-9])(?<value>dkea[0-9a-fA-F]{32})(?![0-9a-fA-F])/dg },
  {
    kind: 'private key',
    hint: 'private key',
    pattern: /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?<value>[^-]{20,20000})/dg,
  },
  { kind: 'password in a URL', hint: '://', pattern: /:\/\/[^\s:@/"'<>\\]{0,128}:(?<value>[^\s@/"'<>\\]{1,256})@(?=[\w[{$%<-])/dg },
  { kind: 'password in a URL', hint: 'jdbc:oracle', pattern: /jdbc:oracle:\w{1,10}:[^\s/@"']{1,64}\/(?<value>[^\s@"'/]{1,128})@/dg },
  { kind: 'Azure account key', hint: 'accountkey', pattern: /AccountKey\s{0,4}=\s{0,4}(?<value>[A-Za-z0-9+/]{20,512}={0,2})/dgi },
  {
    kind: 'Azure shared access key',
    hint: 'sharedaccesskey',
    pattern: /SharedAccessKey\s{0,4}=\s{0,4}(?<value>[A-Za-z0-9+/]{20,512}={0,2})/dgi,
  },
  {
    kind: 'Azure shared access signature',
    hint: 'sharedaccesssignature',
    pattern: /SharedAccessSignature\s{0,4}=\s{0,4}(?<value>[^\s"'`;<>{}]{20,1024})/dgi,
  },
  { kind: 'Azure shared access signature', hint: 'sig=', pattern: /(?<![A-Za-z])sig=(?<value>[A-Za-z0-9%+/]{20,512}={0,2})/dg },
  { kind: 'Azure client secret', hint: 'q~', pattern: /(?<![\w~.-])(?<value>[\w~.-]{3}\dQ~[\w~.-]{30,33}[\w~-])(?![\w~-])/dg },
  { kind: 'bearer token', hint: 'bearer', pattern: /\bBearer[\s:]{1,4}(?<value>[A-Za-z0-9._~+/-]{20,4096}={0,2})/dgi },
  { kind: 'basic authentication', hint: 'basic', pattern: /\bBasic\s{1,4}(?<value>[A-Za-z0-9+/]{16,1024}={0,2})(?![\w+/=])/dg },
  {
    kind: 'password',
    hint: 'auth',
    pattern: /\b(?:auth\s{0,4}=\s{0,4}|HTTPBasicAuth)\(\s{0,20}["'][^"'\n]{1,128}["']\s{0,20},\s{0,20}["'](?<value>[^"'\n]{1,256})["']/dg,
  },
  { kind: 'JSON web token', hint: 'eyj', pattern: /(?<![\w-])(?<value>eyJ[\w-]{10,2048}\.eyJ[\w-]{10,4096}\.[\w-]{10,2048})/dg },
  { kind: 'AWS access key', hint: 'a', pattern: /(?<![A-Za-z0-9])(?<value>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})(?![A-Za-z0-9])/dg },
  { kind: 'Google API key', hint: 'aiza', pattern: /(?<![\w-])(?<value>AIza[\w-]{35})(?![\w-])/dg },
  { kind: 'Google OAuth token', hint: 'ya29.', pattern: /(?<![\w-])(?<value>ya29\.[\w-]{20,1024})/dg },
  { kind: 'GitHub token', hint: 'gh', pattern: /(?<![A-Za-z0-9])(?<value>gh[pousr]_[A-Za-z0-9]{36,255})/dg },
  { kind: 'GitHub token', hint: 'github_pat_', pattern: /(?<![A-Za-z0-9])(?<value>github_pat_\w{22,255})/dg },
  { kind: 'GitLab token', hint: 'gl', pattern: /(?<![A-Za-z0-9])(?<value>gl(?:pat|dt|rt|cbt|ptt|soat)-[\w-]{20,128})/dg },
  { kind: 'Anthropic API key', hint: 'sk-ant-', pattern: /(?<![A-Za-z0-9])(?<value>sk-ant-[\w-]{20,200})/dg },
  {
    kind: 'OpenAI API key',
    hint: 'sk-',
    pattern: /(?<![A-Za-z0-9-])(?<value>sk-(?!ant-)(?:proj-|svcacct-|admin-)?(?=[\w-]{0,200}\d)[\w-]{32,220})/dg,
  },
  { kind: 'Slack token', hint: 'xox', pattern: /(?<![A-Za-z0-9])(?<value>xox[abceoprs](?:\.xox[a-z])?-[A-Za-z0-9-]{10,300})/dg },
  { kind: 'Slack token', hint: 'xapp-', pattern: /(?<![A-Za-z0-9])(?<value>xapp-\d-[A-Za-z0-9-]{10,300})/dg },
  {
    kind: 'Slack webhook',
    hint: 'hooks.slack.com',
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<value>[\w/-]{20,200})/dg,
  },
  { kind: 'Teams webhook', hint: 'webhook.office.com', pattern: /webhook\.office\.com\/webhookb2\/(?<value>[\w@/-]{40,300})/dg },
  { kind: 'PyPI token', hint: 'pypi-', pattern: /(?<![A-Za-z0-9])(?<value>pypi-AgE[\w-]{50,300})/dg },
  { kind: 'Hugging Face token', hint: 'hf_', pattern: /(?<![A-Za-z0-9])(?<value>hf_[A-Za-z0-9]{30,64})/dg },
];

/** What the rules of secretlint find, by the end of their ids; a rule that is not here gives its own name. */
export const RULE_KINDS: Readonly<Record<string, string>> = {
  aws: 'AWS secret key',
  gcp: 'Google service account key',
  npm: 'npm token',
  slack: 'Slack token',
  basicauth: 'password in a URL',
  openai: 'OpenAI API key',
  anthropic: 'Anthropic API key',
  huggingface: 'Hugging Face token',
  privatekey: 'private key',
  sendgrid: 'SendGrid API key',
  shopify: 'Shopify key',
  stripe: 'Stripe key',
  github: 'GitHub token',
  gitlab: 'GitLab token',
  'database-connection-string': 'password in a URL',
  databricks: 'Databricks token',
};

/** secretlint's messages that name no secret. */
export const NOT_SECRET: ReadonlySet<string> = new Set(['AWSAccountID']);

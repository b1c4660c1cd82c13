// The kinds of error that are not bugs: words for people, trouble on a far side of the wire, and a configuration that can't start.

/** What a person reads: what was being done, what went wrong, and what to do next; each part a full sentence or clause. */
export interface ErrorWords {
  readonly doing: string;
  readonly problem: string;
  readonly next: string;
}

/** An error whose words are meant for the person who asked. Its message is trusted text: it may reach Slack and the model. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly words: ErrorWords;

  constructor(words: ErrorWords, options?: ErrorOptions) {
    super(`${words.doing}: ${words.problem} ${words.next}`, options);
    this.words = words;
  }
}

type Service = 'slack' | 'databricks' | 'claude' | 'cli' | 'postgres';

/** What is known of a failed call to a far side; never its body, which may hold foreign text or secrets. */
interface UpstreamFailure {
  readonly service: Service;
  /** The call in the far side's own words, such as `GET jobs/get`. */
  readonly operation: string;
  readonly status?: number | undefined;
  /** The far side's error code, such as `RESOURCE_DOES_NOT_EXIST`. */
  readonly code?: string | undefined;
  /** The same call may succeed in a moment, as far as its door can tell. */
  readonly passing?: boolean | undefined;
}

/** A far side refused or failed. Rooms turn it into a UserError where they know what to say about it. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure, options?: ErrorOptions) {
    const what = [failure.status, failure.code].filter((part) => part !== undefined).join(' ');
    super(`${failure.service}: ${failure.operation} failed${what === '' ? '' : ` (${what})`}`, options);
    this.failure = failure;
  }
}

/** Whether a statement failed for a reason that may be gone at the next try: work in a durable queue is tried again, and nobody is told. */
export function isPassingStatement(error: unknown): boolean {
  return error instanceof UpstreamError && error.failure.service === 'postgres' && error.failure.passing === true;
}

/** Does work once more where a statement failed for a moment; only for what may be done twice. */
export async function onceMore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isPassingStatement(error)) throw error;
    return await work();
  }
}

/** Another process has the right to this work by now: whatever this one still does of it is thrown away, quietly. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** The code of a failed system call or statement, such as ENOENT or an SQLSTATE. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The environment can't start the program; every problem is named at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

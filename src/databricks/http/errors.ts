// What a failed call to Databricks means for the person who asked.
import { UpstreamError, UserError } from '../../values/errors.ts';

/** Node's error codes for a certificate that was refused. */
const TLS_CODES = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

/**
 * Runs a call; where Databricks refuses it or can't be reached, rejects with UserError. `missing` is what is said where there is no such
 * thing: after 404, and after the 400 INVALID_PARAMETER_VALUE that jobs/get answers for an unknown id.
 */
export async function withErrorWords<T>(doing: string, missing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof UpstreamError && error.failure.service === 'databricks') throw userErrorOf(doing, missing, error);
    throw error;
  }
}

/** The HTTP status of a failed call; undefined where there was no answer. Takes the UserError as well as the UpstreamError behind it. */
export function statusOf(error: unknown): number | undefined {
  const cause = error instanceof UserError ? error.cause : error;
  return cause instanceof UpstreamError ? cause.failure.status : undefined;
}

/**
 * Whether a failure concerns only the thing that was asked for (it is forbidden, gone or too large), so that other things can still be
 * read. A sign-in that ended or a workspace that is down concerns everything.
 */
export function isItemError(error: unknown): error is UserError {
  if (!(error instanceof UserError)) return false;
  if (error.cause === undefined || (error.cause instanceof UpstreamError && error.cause.failure.code === 'ANSWER_TOO_LARGE')) return true;
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 429;
}

/** What is read; undefined where it fails with `isItemError`. */
export function unlessItemFails<T>(read: () => Promise<T>): Promise<T | undefined> {
  return unless(isItemError, read);
}

/** What is read; undefined where Databricks answers with an error, a server's too. A refused sign-in (401) and a limit (429) reject. */
export function unlessAnsweredWithError<T>(read: () => Promise<T>): Promise<T | undefined> {
  return unless((error) => ![undefined, 401, 429].includes(statusOf(error)), read);
}

/** What is read, in a call with error words; undefined where it can't be read for whatever reason, a refused sign-in (401) excepted. */
export function unlessUnreadable<T>(doing: string, read: () => Promise<T>): Promise<T | undefined> {
  return unless(
    (error) => error instanceof UserError && statusOf(error) !== 401,
    () => withErrorWords(doing, 'There is none.', read),
  );
}

/** What is read, in a call with error words; undefined where there is no such thing. */
export function unlessMissing<T>(doing: string, read: () => Promise<T>): Promise<T | undefined> {
  return withErrorWords(doing, '', () => unless(isMissing, read));
}

async function unless<T>(isExpected: (error: unknown) => boolean, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isExpected(error)) return undefined;
    throw error;
  }
}

/** The error for an answer that is not what the API promises. */
export function strangeAnswer(doing: string, problem: string): UserError {
  return new UserError({ doing, problem, next: 'Try again; if it stays, show this to an administrator.' });
}

/** Whether a call failed because the thing does not exist. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof UpstreamError)) return false;
  const { status, code } = error.failure;
  return status === 404 || (status === 400 && (code === 'INVALID_PARAMETER_VALUE' || code === 'RESOURCE_DOES_NOT_EXIST'));
}

function userErrorOf(doing: string, missing: string, error: UpstreamError): UserError {
  const { status, code } = error.failure;
  const say = (problem: string, next: string) => new UserError({ doing, problem, next }, { cause: error });
  if (isMissing(error)) return say(missing, 'Check the id and the workspace, and that you can open it there yourself.');
  if (status === 401) return say('Databricks no longer accepts your sign-in.', 'Connect again, then repeat what you asked for.');
  // A token that is no longer valid gets 403 too, and only its message tells (facts: databricks#error-answers): so say both.
  if (status === 403)
    return say(
      'Databricks says that you may not see it.',
      'Ask its owner for the permission to view it; if you can open it in the workspace yourself, connect again.',
    );
  if (status === 429) return say('Databricks is busy: it asked us to slow down for too long.', 'Try again in a few minutes.');
  if (status === 413 || code === 'MAX_NOTEBOOK_SIZE_EXCEEDED')
    return say('It is larger than 10 MB, more than Databricks exports.', 'Move its data out of it.');
  if (status !== undefined)
    return say(
      `Databricks answered with an error (${status}${code === undefined ? '' : ` ${code}`}).`,
      'Try again; if it stays, show this to an administrator.',
    );
  if (code !== undefined && TLS_CODES.test(code))
    return say(
      'The certificate of the workspace could not be verified.',
      'Ask an administrator to check the address of the workspace; nothing was sent to it.',
    );
  if (code === 'NO_ANSWER') return say('Databricks did not answer in time.', 'Try again in a few minutes.');
  if (code === 'ANSWER_TOO_LARGE')
    return say('The answer is larger than 10 MB.', 'It is too large for this bot; use the Databricks CLI for it.');
  return say(`The workspace could not be reached (${code ?? 'no connection'}).`, 'Check that the workspace is up, then try again.');
}

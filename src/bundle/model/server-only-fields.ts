// Fields that only the server writes: they are no settings, so a bundle leaves them out and a proof does not compare them.

/** Of a job (facts: databricks#job-definitions). */
export const SERVER_ONLY: ReadonlySet<string> = new Set(['format', 'edit_mode', 'deployment']);
/** The same of a pipeline's spec; `pipeline_type` is not in the API's documentation, but its answers have it. */
export const PIPELINE_SERVER_ONLY: ReadonlySet<string> = new Set(['id', 'deployment', 'pipeline_type']);

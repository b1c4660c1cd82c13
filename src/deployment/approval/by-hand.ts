// A write in words, and the command with which a person does it without us.
import type { Write } from './write.ts';

/** `what` names ids and arguments of the caller, no foreign names; `command` is one line for a POSIX shell. */
export function byHand(write: Write): { what: string; command: string } {
  switch (write.kind) {
    case 'run_job': {
      const body = { job_id: 'JOB', ...(Object.keys(write.parameters).length === 0 ? {} : { job_parameters: write.parameters }) };
      // int64: as text in our code, as a bare number in JSON.
      const json = JSON.stringify(body).replace('"JOB"', write.job_id);
      return { what: `run job ${write.job_id}`, command: `databricks jobs run-now --json ${quoted(json)}` };
    }
    case 'sql': {
      const json = JSON.stringify({ warehouse_id: write.warehouse_id, statement: write.statement });
      return {
        what: `execute that SQL statement on warehouse ${write.warehouse_id}`,
        command: `databricks api post /api/2.0/sql/statements --json ${quoted(json)}`,
      };
    }
    case 'upload_bundle':
      return {
        what: `upload the bundle's ${write.files} files to ${write.folder}`,
        command: `databricks workspace import-dir . ${quoted(write.folder)} --overwrite (in the unpacked bundle)`,
      };
    case 'run_bundle': {
      const flags = Object.entries(write.parameters).map(([name, value]) => quoted(`--${name}=${value}`));
      return {
        what: `run ${write.key} as it is deployed to ${write.target}`,
        command: `databricks bundle run -t ${write.target} --no-wait ${write.key}${flags.length === 0 ? '' : ` -- ${flags.join(' ')}`} (in the unpacked bundle)`,
      };
    }
    case 'deploy_bundle':
      return {
        what: `deploy the bundle to ${write.target} after its plan has been shown`,
        command: `databricks bundle plan -t ${write.target} && databricks bundle deploy -t ${write.target} (in the unpacked bundle)`,
      };
    case 'destroy_bundle':
      return {
        what: `destroy what the bundle has deployed to ${write.target} (${write.resources.length} resources) with its files`,
        command: `databricks bundle destroy -t ${write.target} (in the unpacked bundle)`,
      };
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

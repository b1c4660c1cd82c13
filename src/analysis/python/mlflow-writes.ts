// Which calls of MLflow add to what stands outside of tables and files: experiments that runs are logged to, models that are registered.
import { wordSet } from '../../values/text.ts';

/** Methods of its client that change the model which they name first. */
const OF_A_MODEL = wordSet(
  `create_registered_model create_model_version set_registered_model_alias delete_registered_model_alias
   transition_model_version_stage delete_model_version delete_registered_model`,
);

interface MlflowWrite {
  readonly kind: 'experiment' | 'model';
  readonly name: string | undefined;
}

/** By the names of MLflow's own Python API. `given` says an argument by its position, where it has one there, or name. */
export function mlflowWrites(call: string, given: (name: string, position?: number) => string | undefined): MlflowWrite[] {
  if (call === 'set_experiment') return [{ kind: 'experiment', name: given('experiment_name', 0) ?? given('experiment_id') }];
  if (call === 'create_experiment') return [{ kind: 'experiment', name: given('name', 0) }];
  if (call === 'start_run') return [{ kind: 'experiment', name: given('experiment_id') }];
  if (call === 'register_model') return [{ kind: 'model', name: given('name', 1) }];
  if (call === 'log_model' || call === 'autolog') return [{ kind: 'model', name: given('registered_model_name') }];
  return OF_A_MODEL.has(call) ? [{ kind: 'model', name: given('name', 0) }] : [];
}

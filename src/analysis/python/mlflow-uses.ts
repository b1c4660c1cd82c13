// Which calls of MLflow use what stands outside of tables and files: experiments that runs are logged to, models that are registered or looked up.
import { wordSet } from '../../values/text.ts';
import type { LoggedTo } from '../source/facts.ts';

/** Methods of its client that change the model which they name first, and those that only look. */
const CHANGES = wordSet(
  `create_registered_model create_model_version set_registered_model_alias delete_registered_model_alias
   transition_model_version_stage delete_model_version delete_registered_model`,
);
const LOOKS = wordSet('get_registered_model get_model_version get_model_version_by_alias get_latest_versions');
/** What takes a model by its address, and where that stands. */
const BY_ADDRESS: Readonly<Record<string, readonly [name: string, position: number]>> = {
  load_model: ['model_uri', 0],
  spark_udf: ['model_uri', 1],
  score_batch: ['model_uri', 0],
  download_artifacts: ['artifact_uri', 0],
};

type MlflowUse = Omit<LoggedTo, 'name' | 'line'> & { readonly name: string | undefined };

/** By the names of MLflow's own Python API. `given` says an argument by its position, where it has one there, or name. */
export function mlflowUses(call: string, given: (name: string, position?: number) => string | undefined): MlflowUse[] {
  const one = (kind: LoggedTo['kind'], name: string | undefined): MlflowUse[] => [{ kind, name, use: 'written' }];
  if (call === 'set_experiment') return one('experiment', given('experiment_name', 0) ?? given('experiment_id'));
  if (call === 'create_experiment') return one('experiment', given('name', 0));
  if (call === 'start_run') return one('experiment', given('experiment_id'));
  if (call === 'register_model') return one('model', given('name', 1));
  if (call === 'log_model' || call === 'autolog') return one('model', given('registered_model_name'));
  if (CHANGES.has(call)) return one('model', given('name', 0));
  if (LOOKS.has(call)) return [{ kind: 'model', name: given('name', 0), use: 'read' }];
  const address = Object.hasOwn(BY_ADDRESS, call) ? BY_ADDRESS[call] : undefined;
  // Others are of runs: `runs:/{run_id}/model`.
  const model = address && /^models:\/+([^/@]+)/.exec(given(...address) ?? '')?.[1];
  return model === undefined ? [] : [{ kind: 'model', name: model, use: 'read' }];
}

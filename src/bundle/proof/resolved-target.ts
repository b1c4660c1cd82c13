// What a target resolves to (`bundle validate -o json`, or `resolveBundle`): the parts of it that are asked for.
import { isObject, type JsonObject, objectOf } from '../../values/json.ts';

/** A resource as a target resolves to it; undefined where the bundle has none of this key. */
export function resolvedResource(resolved: JsonObject, type: string, key: string): JsonObject | undefined {
  const resource = objectOf(objectOf(resolved.resources)[type])[key];
  return isObject(resource) ? resource : undefined;
}

/** Who the target is resolved for: whoever deploys. */
export function deployerOf({ workspace }: JsonObject): string | undefined {
  const { userName } = objectOf(objectOf(workspace).current_user);
  return typeof userName === 'string' ? userName : undefined;
}

/** The folder of the workspace in which the bundle's files lie. */
export function filesRoot({ workspace }: JsonObject): string | undefined {
  const { file_path: root } = objectOf(workspace);
  return typeof root === 'string' ? root : undefined;
}

/** Whether the target is in development mode. */
export function isDevelopment({ bundle }: JsonObject): boolean {
  return objectOf(bundle).mode === 'development';
}

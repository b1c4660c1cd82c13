// Schemas of tools, compiled once for all connections: each turn opens one of its own.
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';

/** More than there are; a server that is not ours might name other ones each time. */
const MOST = 200;

let compiler: AjvJsonSchemaValidator | undefined;
/** By the text of the schema: each list of tools has objects of its own. */
const compiled = new Map<string, JsonSchemaValidator<unknown>>();

/** For the SDK's clients and servers, which else make a compiler each. */
export const schemas: jsonSchemaValidator = {
  getValidator<T>(schema: Parameters<jsonSchemaValidator['getValidator']>[0]) {
    const text = JSON.stringify(schema);
    let validator = compiled.get(text);
    if (validator === undefined) {
      if (compiled.size >= MOST) forget();
      compiler ??= new AjvJsonSchemaValidator();
      validator = compiler.getValidator(schema);
      compiled.set(text, validator);
    }
    return validator as JsonSchemaValidator<T>;
  },
};

/** The compiler goes as well: it keeps all that it has ever compiled. */
function forget(): void {
  compiled.clear();
  compiler = undefined;
}

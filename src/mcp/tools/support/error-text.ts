// The words of a failure as a tool answers them.
import type { UserError } from '../../../values/errors.ts';

export function errorText({ words }: UserError): string {
  return `${words.doing}: ${words.problem}\nWhat to do next: ${words.next}`;
}

// How old a CLI is, in words: it is released weekly, under the versions of databricks-bundles.
import { counted } from '../../values/text.ts';
import { BUNDLES } from './bundle-models.ts';

/** `Databricks CLI 1.9.0`, and how far it is behind the newest that is known here (facts: bundles#unknown-fields). */
export function cliWithAge(version: string): string {
  const [major, minor = 0] = version.split('.').map(Number);
  const [newestMajor, newest = 0] = BUNDLES.version.split('.').map(Number);
  const behind = major === newestMajor && newest > minor ? `, ${counted(newest - minor, 'release')} behind ${BUNDLES.version}` : '';
  return `Databricks CLI ${version}${behind}`;
}

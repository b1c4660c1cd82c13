// One approved write while it is carried out: as whom, and with what.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { WorkspaceWrites } from '../../databricks/api-writes/workspace-writes.ts';
import type { Clock } from '../../values/clock.ts';
import type { Cli } from '../cli/open-bundle.ts';

export interface RunningWrite {
  readonly proposalId: string;
  readonly host: string;
  readonly userName: string;
  readonly token: string;
  readonly writes: WorkspaceWrites;
  readonly cli: Cli;
  readonly clock: Clock;
  readonly loadBundle: (digest: string) => Promise<Bundle | undefined>;
  readonly onProgress: (line: string) => void;
}

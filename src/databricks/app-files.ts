// Files of a volume or of the workspace that the app needs itself: where each can be fetched as the app, and with what.
import { Config } from '@databricks/sdk-experimental/dist/config/index.js';

/** The app's own identity: a service principal. */
export interface AppIdentity {
  /** The workspace, with its scheme. */
  readonly host: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A GET that answers the bytes. */
interface FileRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers how a file below `/Volumes/` or `/Workspace/` is fetched. Of a volume any size is handed out, of the workspace 10 MB
 * (facts: databricks#workspace-files). Rejects with a reason for people when the app can't sign in.
 */
export function createAppFiles({ host, clientId, clientSecret }: AppIdentity): (path: string) => Promise<FileRequest> {
  // skipVerify: left out, the SDK does not verify TLS (facts: libraries#databricks-sdk). No loaders: nothing else may say who is asking.
  const config = new Config({ host, clientId, clientSecret, authType: 'oauth-m2m', skipVerify: false, loaders: [] });
  return async (path) => {
    const headers = new Headers();
    try {
      await config.authenticate(headers);
    } catch (cause) {
      // The SDK's message may quote the configuration, which holds the secret.
      throw new Error('the app could not sign in to the workspace as itself', { cause });
    }
    const exported = new URLSearchParams({ path, format: 'AUTO', direct_download: 'true' });
    const place = path.startsWith('/Volumes/')
      ? `fs/files${path.split('/').map(encodeURIComponent).join('/')}`
      : `workspace/export?${exported}`;
    return { url: `${host}/api/2.0/${place}`, headers: Object.fromEntries(headers) };
  };
}

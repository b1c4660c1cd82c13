// "Upload it to /Workspace/…", "deploy it to prod", "run the bundle", "destroy it": each is proposed, and the person's click carries it out.
import { askOne, type Talk, ToolTrouble, value } from '../conversation/talk.ts';

type Wish =
  | { readonly kind: 'upload'; readonly folder: string }
  | { readonly kind: 'deploy' | 'run' | 'destroy'; readonly target: string | undefined };

const BUTTON = { upload: 'Upload it', deploy: 'Deploy', run: 'Run it', destroy: 'Destroy it' } as const;

export function wantsWrite(text: string): Wish | undefined {
  const folder = /\bupload\b.*?\s(\/[^\n"'`”]*[^\s"'`”.,!?])/i.exec(text)?.[1];
  if (folder !== undefined) return { kind: 'upload', folder };
  const asked =
    /\b(deploy|run|start|destroy)\s+(?:the\s+(?:bundle|version)|this\s+bundle|it)\b(?!\s+(?:on|every|at)\b)(?:.*?\b(?:to|in|from)\s+([\w-]+))?/i.exec(
      text,
    );
  if (asked === null) return undefined;
  const verb = asked[1]?.toLowerCase();
  return { kind: verb === 'deploy' || verb === 'destroy' ? verb : 'run', target: asked[2] };
}

export function* proposeWrite(bundle: string, wish: Wish): Talk<string> {
  const answer =
    wish.kind === 'upload'
      ? yield* askOne('upload_bundle', { bundle_id: bundle, folder: wish.folder }, 'I prepare the upload.')
      : yield* askOne(
          'run_bundle_command',
          { bundle_id: bundle, command: wish.kind, ...(wish.target === undefined ? {} : { target: wish.target }) },
          `I prepare to ${wish.kind} it.`,
        );
  if (value(answer, 'proposal_id') === undefined) throw new ToolTrouble('The tool answered no proposal.');
  return `It is prepared, and nothing has happened yet. The card below shows exactly what would happen; press *${BUTTON[wish.kind]}* to do it.`;
}

// The pages a person opens from a link: the workspace's jobs; a job with who deployed it, its tasks and settings; a pipeline; a dashboard.
import { type Call, page } from './http/answer.ts';
import { escapeHtml, htmlPage } from './http/html.ts';
import { isObject, type JsonObject, objectsIn, parseJson } from './http/json.ts';
import { type Route, route } from './http/router.ts';
import type { Job, Workspace } from './state/state.ts';

/** These need no token: they stand for pages behind the browser's own sign-in, and the server answers on loopback only. */
export function pageRoutes(workspace: Workspace): Route[] {
  const home = () => page(htmlPage('Jobs', workspace.name, jobsTable(workspace)));
  const job = (id: string) => {
    const found = workspace.jobs.get(id);
    if (found !== undefined) return page(htmlPage(String(found.settings.name ?? id), workspace.name, jobPage(found)));
    return page(
      htmlPage(
        'No such job',
        workspace.name,
        `<div class="card"><h1>No such job</h1><p>There is no job ${escapeHtml(id)} here.</p><a href="/">All jobs</a></div>`,
      ),
      404,
    );
  };
  const other = (kind: string, name: unknown, said: JsonObject | undefined) =>
    said === undefined
      ? page(htmlPage(`No such ${kind}`, workspace.name, `<div class="card"><h1>No such ${kind}</h1><a href="/">All jobs</a></div>`), 404)
      : page(
          htmlPage(
            String(name),
            workspace.name,
            `<div class="card"><h1>${escapeHtml(String(name))}</h1><p class="soft">A ${kind}</p></div><div class="card"><h2>Definition</h2><pre>${escapeHtml(indent(said))}</pre></div>`,
          ),
        );
  const pipeline = ({ params }: Call) => {
    const found = workspace.pipelines.get(params.id ?? '');
    return other('pipeline', found?.name, isObject(found?.spec) ? found.spec : undefined);
  };
  const dashboard = ({ params }: Call) => {
    const draft = workspace.dashboards.get(params.id ?? '')?.draft;
    const content = draft === undefined ? undefined : parseJson(String(draft.serialized_dashboard));
    return other('dashboard', draft?.display_name, isObject(content) ? content : undefined);
  };
  return [
    route('GET', '/pipelines/:id', pipeline),
    route('GET', '/dashboardsv3/:id', dashboard),
    route('GET', '/dashboardsv3/:id/published', dashboard),
    route('GET', '/', home),
    route('GET', '/jobs', home),
    route('GET', '/jobs/:id', (call) => job(call.params.id ?? '')),
    route('GET', '/jobs/:id/runs/:run', (call) => job(call.params.id ?? '')),
  ];
}

function jobsTable(workspace: Workspace): string {
  const rows = [...workspace.jobs.values()].map(
    (job) =>
      `<tr><td><a href="/jobs/${job.jobId}">${escapeHtml(String(job.settings.name ?? ''))}</a></td><td class="soft">${job.jobId}</td><td>${escapeHtml(job.creator)}</td></tr>`,
  );
  return `<div class="card"><h1>Jobs</h1><table><tr><th>Name<th>Id<th>Created by</tr>${rows.join('')}</table></div>`;
}

function jobPage(job: Job): string {
  const { settings } = job;
  const created = new Date(job.createdTime).toISOString().replace('T', ' ').slice(0, 16);
  const deployment = isObject(settings.deployment) ? settings.deployment : undefined;
  const how =
    deployment?.kind === 'BUNDLE'
      ? `Deployed from a bundle by <b>${escapeHtml(job.creator)}</b> on ${created} UTC. <span class="soft">${escapeHtml(String(deployment.metadata_file_path ?? ''))}</span>`
      : `Created by <b>${escapeHtml(job.creator)}</b> on ${created} UTC.`;
  const tags = isObject(settings.tags)
    ? Object.entries(settings.tags).map(([key, value]) => `<span class="tag">${escapeHtml(`${key}: ${String(value)}`)}</span>`)
    : [];
  const rows = objectsIn(settings.tasks).map(
    (task) => `<tr><td><b>${escapeHtml(String(task.task_key))}</b></td><td>${taskWhat(task)}</td><td class="soft">${after(task)}</td></tr>`,
  );
  return `<div class="card"><h1>${escapeHtml(String(settings.name ?? 'Untitled'))}</h1><p class="soft">Job ${job.jobId} · runs as ${escapeHtml(job.runAs)}</p>
<p>${how}</p>${tags.join('')}</div>
<div class="card"><h2>Tasks</h2><table>${rows.join('')}</table></div>
<div class="card"><h2>Settings</h2><pre>${escapeHtml(indent(settings))}</pre></div>`;
}

function taskWhat(task: JsonObject): string {
  const kind = Object.keys(task).find((key) => key.endsWith('_task')) ?? '';
  const part = task[kind];
  const detail = isObject(part)
    ? (part.notebook_path ?? part.python_file ?? (isObject(part.file) ? part.file.path : undefined) ?? part.job_id ?? '')
    : '';
  return `${escapeHtml(kind.replaceAll('_', ' '))}<br><span class="soft">${escapeHtml(String(detail))}</span>`;
}

function after(task: JsonObject): string {
  const needed = objectsIn(task.depends_on).map((item) => String(item.task_key));
  return needed.length === 0 ? '' : `after ${escapeHtml(needed.join(', '))}`;
}

/** Indented JSON with exact integers: ids go through a placeholder, since JSON.stringify refuses BigInt. */
function indent(settings: JsonObject): string {
  const text = JSON.stringify(settings, (_key, value: unknown) => (typeof value === 'bigint' ? `int64:${value}` : value), 2);
  return text.replace(/"int64:(-?\d+)"/g, '$1');
}

// Reading requests and writing answers: forms, JSON, multipart.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dict, isDict } from './refusal.ts';

/** Requests larger than this are cut off, bytes: Slack's own files may be 1 GB, playground's are not. */
const MOST_BYTES = 200_000_000;

export async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    size += bytes.length;
    if (size > MOST_BYTES) throw new Error('the request is too large');
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** The arguments of a request by its content type: form-encoded, JSON, multipart; query arguments below them. */
export async function readArguments(request: IncomingMessage, url: URL): Promise<Dict> {
  const body = await readBody(request);
  const type = request.headers['content-type'] ?? '';
  const query: Dict = Object.fromEntries(url.searchParams);
  if (body.length === 0) return query;
  if (type.startsWith('application/json')) {
    const parsed: unknown = JSON.parse(body.toString());
    return isDict(parsed) ? { ...query, ...parsed } : query;
  }
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    return { ...query, ...Object.fromEntries(form) };
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString())) };
}

/** The file inside a multipart upload, or the raw body. */
export async function readUpload(request: IncomingMessage): Promise<Uint8Array> {
  const body = await readBody(request);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return new Uint8Array(body);
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  for (const part of form.values()) if (typeof part !== 'string') return new Uint8Array(await part.arrayBuffer());
  return new Uint8Array();
}

export function answerJson(response: ServerResponse, status: number, body: Dict, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

export function answerText(response: ServerResponse, status: number, text: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(text);
}

import assert from 'node:assert/strict';
import type { Shandi } from './shandi';

/** Sends what a page of the Web UI sends for a workflow: its cookie, its header, its request. */
export async function webUi(shandi: Shandi, workflowId: string, action: string, body: unknown): Promise<void> {
  const { uiUrl } = shandi.processes();
  const page = await fetch(uiUrl);
  await page.text();
  const token = /_csrf=([^;]+)/.exec(page.headers.get('set-cookie') ?? '')?.[1] ?? '';
  const answer = await fetch(`${uiUrl}/api/v1/namespaces/default/workflows/${workflowId}${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': token, cookie: `_csrf=${token}` },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** Values as the page encodes them. */
export const payloads = (...values: unknown[]): { payloads: { metadata: { encoding: string }; data: string }[] } => ({
  payloads: values.map((value) => ({
    metadata: { encoding: Buffer.from('json/plain').toString('base64') },
    data: Buffer.from(JSON.stringify(value)).toString('base64'),
  })),
});

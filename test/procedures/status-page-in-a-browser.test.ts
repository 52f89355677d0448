/**
 * Orders are refused, and customers look at the status page: in a real browser, through the gateway, on a phone and at a desk, by
 * day and by night. What the page says is what was posted, a message that looks like markup is text, and nothing is fetched.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { root } from '../../activities/shared/paths';
import { readEnv } from '../../platform/lifecycle';
import { browserPath } from '../../scripts/set-up/components/browser';
import { controlQueue } from '../../workflows/contracts/names';
import { project } from '../support/names';
import { resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const incident = 'seen-in-a-browser';
const trap = '<script>document.title = "broken"</script> & "quoted"';

describe('customers look at the status page', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  let browser: Browser;
  let address: string;
  useShandi((opened) => (shandi = opened));
  before(async function () {
    this.timeout(600_000);
    // Only this test needs one, so only it asks for one.
    if (!browserPath()) execFileSync(join(root(), 'scripts/setup'), ['--only', 'browser'], { stdio: 'inherit' });
    address = `http://127.0.0.1:${(await readEnv(project))['NGINX_PORT'] ?? ''}/status/`;
    browser = await chromium.launch({
      executablePath: browserPath() ?? assert.fail('the set-up provided no browser'),
      // Of root's processes Chromium makes no sandbox; what it looks at is our own page on this machine.
      args: ['--no-sandbox'],
    });
  });
  after(async () => browser.close());

  const post = async (key: string, state: string, more: Record<string, unknown>): Promise<void> => {
    await resultOf(
      await shandi.client.workflow.start('postStatus', {
        taskQueue: controlQueue,
        workflowId: `status.${incident}.${key}`,
        args: [{ incident, key, state, reason: 'test', by: 'tester', ...more }],
      }),
    );
  };
  const article = (page: Page) => page.getByRole('article', { name: 'Orders are refused' });
  const service = (page: Page) => page.getByRole('listitem').filter({ hasText: 'Order service' }).first();

  it('an incident from its first word to its end: seen by its roles and words, with nothing fetched and nothing run', async () => {
    await post('1', 'investigating', {
      title: 'Orders are refused',
      message: `We look into it. ${trap}`,
      components: [{ name: 'order-service', state: 'major-outage' }],
    });
    const page = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    const title = await page.title();
    assert.notEqual(title, 'broken');
    assert.match(await article(page).innerText(), /Investigating[^]*We look into it\./);
    assert.ok((await article(page).innerText()).includes(trap), 'markup in a message is text');
    assert.match(await service(page).innerText(), /Major outage/);
    assert.match(await page.locator('body').innerText(), /Some services are out of order/);
    assert.deepEqual(
      asked.filter((path) => path !== '/favicon.ico'),
      ['/status/'],
      'one file, and nothing that it fetches',
    );

    await post('2', 'resolved', { message: 'Orders are taken again.' });
    await page.reload();
    assert.match(await article(page).innerText(), /Resolved[^]*Orders are taken again\.[^]*Investigating/);
    assert.match(await service(page).innerText(), /Operational/);
    assert.deepEqual(
      complaints.filter((one) => !one.includes('404')),
      [],
    );
    await page.close();
  });

  it('fits a phone, and is dark where its reader is', async () => {
    const grounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 360, height: 740 } });
      await page.goto(address);
      const { wide, ground } = await page.evaluate<{ wide: number; ground: string }>(
        '({ wide: document.documentElement.scrollWidth - innerWidth, ground: getComputedStyle(document.body).backgroundColor })',
      );
      assert.ok(wide <= 0, `${colorScheme}: it is ${wide} pixels wider than the screen`);
      assert.ok(await page.getByRole('heading', { level: 1 }).isVisible());
      grounds.push(ground);
      await page.close();
    }
    assert.notEqual(grounds[0], grounds[1]);
  });
});

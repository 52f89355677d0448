/**
 * At three in the morning on a borrowed machine there is only Temporal's own command line: no `dr`, no checkout. Starting,
 * reading, approving (by update, and by signal) and the result all work with it alone, and a slip in the input is answered
 * with a sentence.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { toolPaths } from '../../scripts/set-up/paths';
import { openCard, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import type { Report, RunView } from '../../workflows/contracts/run-view';

const id = 'recover.database.shandi';

describe('stock temporal command line', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const temporal = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, NO_COLOR: '1' };
    const ran = await promisify(execFile)(toolPaths().temporal, args, { env, maxBuffer: 67_108_864 });
    return ran.stdout;
  };
  const input = (more: Record<string, unknown> = {}): string =>
    JSON.stringify({
      ...{ database: 'shandi', target: { kind: 'latest' }, reason: 'test', by: 'Primary On-Call' },
      ...{ fullBackup: false, rebuildStandbys: false, ...more },
    });
  const start = (text: string): Promise<string> =>
    temporal(
      ...['workflow', 'start', '--type', 'pointInTimeRecovery', '--task-queue', 'dr-control'],
      ...['--workflow-id', id, '--input', text],
    );
  const handle = () => shandi.client.workflow.getHandle(id);

  it('start, read, approve by update, read the result', async () => {
    await start(input());
    const card = openCard(await until(handle(), 'waiting-approval'));
    const answer = JSON.parse(await temporal('workflow', 'query', '-w', id, '--type', 'run', '-o', 'json')) as {
      queryResult: [RunView];
    };
    assert.equal(answer.queryResult[0].state, 'waiting-approval');
    assert.match(await temporal('workflow', 'describe', '-w', id), /pointInTimeRecovery/);
    assert.match(await temporal('workflow', 'metadata', '-w', id), new RegExp(card), 'the card is in the details');
    assert.match(await temporal('workflow', 'list', '--query', `DrState = 'waiting-approval'`), new RegExp(id));

    // The very command that the card prints, but for who and why.
    const command = answer.queryResult[0].gates[0]?.card.commands.temporal ?? '';
    assert.match(command, /^temporal workflow update execute -w recover\.database\.shandi --name approve --input '\{/);
    const words = command
      .replace('YOUR ROLE', 'Management')
      .replace('WHY', 'agreed')
      .split(/ (?=-)| --input /);
    const asked = /--input '(.*)'$/.exec(words.join(' '))?.[1] ?? /'(.*)'$/.exec(command)?.[1] ?? '';
    await temporal(
      ...['workflow', 'update', 'execute', '-w', id, '--name', 'approve', '--input'],
      asked.replace('YOUR ROLE', 'Management').replace('WHY', 'agreed'),
    );
    const result = JSON.parse(await temporal('workflow', 'result', '-w', id, '-o', 'json')) as { result: Report };
    assert.equal(result.result.view.verdict, 'met');
    assert.equal(result.result.view.approvals[0]?.by, 'Management');
    assert.match(await temporal('workflow', 'show', '-w', id), /WorkflowExecutionCompleted/);
    await shandi.clientWrites();
  });

  it('a wrong signal is refused on the timeline, a right one approves', async () => {
    await start(input());
    const card = openCard(await until(handle(), 'waiting-approval'));
    const signal = (message: unknown): Promise<string> =>
      temporal('workflow', 'signal', '-w', id, '--name', 'approve', '--input', JSON.stringify(message));
    await signal({ card: 'beef', by: 'tester', reason: 'test' });
    await signal({ card, by: 'Management', reason: 'agreed' });
    const { result } = JSON.parse(await temporal('workflow', 'result', '-w', id, '-o', 'json')) as { result: Report };
    assert.equal(result.view.verdict, 'met');
    const refused = result.view.timeline.filter((one) => one.kind === 'refused').map((one) => one.text);
    assert.match(refused.join(), /^signal "approve" refused: card "beef" is not the open one/);
  });

  it('a slip in the input is a sentence that names it', async () => {
    await start(input({ target: { kind: 'time', time: '2026-11-22 17:29:24 CET' }, databse: 'shandi' }));
    const failed = await temporal('workflow', 'result', '-w', id, '-o', 'json').catch(
      (error: Error & { stdout?: string }) => error.stdout ?? '',
    );
    assert.match(failed, /DR-INPUT/);
    assert.match(failed, /target\.time.*2026-11-22 17:29:24 CET.*explicit numeric offset/);
    assert.match(failed, /databse/);
  });
});

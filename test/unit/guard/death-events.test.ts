/** What the engine's events of a container mean: which death is final at once, and which its restart policy may undo. */
import assert from 'node:assert/strict';
import { EventListener, type Death } from '../../../activities/guard/deaths';

const event = (Action: string, Attributes: Record<string, string> = {}): string =>
  `${JSON.stringify({ Type: 'container', Action, Actor: { ID: 'abc', Attributes } })}\n`;

function heard(restartPolicy: string, ...chunks: string[]): Death[] {
  const deaths: Death[] = [];
  const listener = new EventListener(restartPolicy, ['9', '2'], (death) => deaths.push(death));
  for (const chunk of chunks) listener.heard(chunk);
  return deaths;
}

describe('events of a container', () => {
  it('killed by somebody: the engine will not start it again, so its death is final at once', () => {
    const [death] = heard('unless-stopped', event('kill', { signal: '9' }), event('die', { exitCode: '137' }));
    assert.equal(death?.action, 'die');
    assert.deepEqual(
      [death.exited?.container.running, death.exited?.container.exitCode, death.exited?.answer.answer],
      [false, 137, 'ok'],
    );
    assert.match(death.exited?.answer.says ?? '', /has exited with 137/);
  });

  it('died by itself under a restart policy: the engine must be asked', () => {
    assert.deepEqual(heard('unless-stopped', event('die', { exitCode: '1' })), [{ action: 'die' }]);
    assert.equal(heard('no', event('die', { exitCode: '1' }))[0]?.exited?.container.exitCode, 1);
  });

  it('a signal that ends nothing is neither a death nor the order for one', () => {
    assert.deepEqual(heard('always', event('kill', { signal: '1' })), []);
    const [death] = heard('always', event('kill', { signal: '1' }), event('die', { exitCode: '0' }));
    assert.equal(death?.exited, undefined);
  });

  it('paused, out of memory and removed are told by name; a death that followed says that memory ran out', () => {
    assert.deepEqual(
      heard('no', event('pause'), event('destroy')).map((one) => one.action),
      ['pause', 'destroy'],
    );
    const [, death] = heard('no', event('oom'), event('die', { exitCode: '137' }));
    assert.equal(death?.exited?.container.oomKilled, true);
  });

  it('an answer without an exit code, cut into pieces', () => {
    const text = event('kill', { signal: '2' }) + event('die');
    assert.deepEqual(heard('no', text.slice(0, 30), text.slice(30, 100), text.slice(100)), [{ action: 'die' }]);
  });
});

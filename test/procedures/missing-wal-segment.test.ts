/**
 * Someone tidied up the archive, or a disk did: one WAL segment in the middle is gone. pgBackRest's own check and listing
 * say nothing, and a restore would find out after an hour. The pre-flight names the hole before anything is touched; with
 * the segment back in its place it says that the target can be had.
 */
import assert from 'node:assert/strict';
import { containerOf, inContainer } from '../support/docker';
import { triedActivities } from '../support/history';
import { failureOf, resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('missing WAL segment', function () {
  this.timeout(60_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  const aside = '/var/lib/pgbackrest/aside';
  const asRoot = (script: string, ...args: string[]): Promise<string> =>
    inContainer(containerOf('postgres'), ['sh', '-ec', script, 'sh', ...args], 'root');
  let taken: string | undefined;

  const putBack = async (): Promise<void> => {
    if (taken) await asRoot('mv "$1"/* "$2" && rmdir "$1"', aside, taken.replace(/\/[^/]*$/, '/'));
    taken = undefined;
  };
  after(putBack);

  it('is found before anything is touched, by its name; put back, the target can be had', async () => {
    await shandi.mark();
    await shandi.archiveNow();
    await shandi.mark();
    const lost = await shandi.archiveNow();
    const target = { kind: 'time', time: (await shandi.mark()).at } as const;
    await shandi.archiveNow();
    taken = await asRoot('ls /var/lib/pgbackrest/archive/main/15-1/*/"$1"-*', lost);
    await asRoot('mkdir "$1" && mv "$2" "$1"', aside, taken);

    const before = await shandi.footprint();
    const refused = await shandi.recover({ target });
    const failure = await failureOf(refused);
    assert.equal(failure.code, 'DR-WAL-GAP', failure.message);
    assert.match(failure.message, new RegExp(`segment ${lost} is missing from the archive`));
    assert.match(failure.message, /the last reachable commit is \d{4}-\d\d-\d\dT/);
    const done = (await triedActivities(refused)).map((one) => one.type);
    assert.ok(!done.includes('secureTail') && !done.includes('restoreCopy'), done.join(' '));
    assert.deepEqual(await shandi.footprint(), before);

    await putBack();
    const { view, result } = await resultOf(await shandi.recover({ target, mode: 'check' }));
    assert.equal(view.verdict, 'checked');
    const { coverage } = result as { coverage: { reachable: boolean; gaps: unknown[] } };
    assert.deepEqual({ reachable: coverage.reachable, gaps: coverage.gaps }, { reachable: true, gaps: [] });
    assert.deepEqual(await shandi.footprint(), before);
  });
});

/**
 * Three in the morning, one terminal. Everything an operator and a script do with `./dr` is done here with the program
 * itself, against the live control plane: what it prints for programs parses, and its exit code says how things stand.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { RunRow } from '../../scripts/lib/runs';
import type { Look } from '../../scripts/lib/look';
import type { Report } from '../../workflows/contracts/run-view';
import { docker } from '../support/docker';
import { project } from '../support/names';
import { dr, json } from '../support/program';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const id = 'recover.database.shandi';
const why = ['--reason', 'test of the command line', '--by', 'tester'];

interface Refusal {
  error: { exit: number; message: string; next?: string };
}
const refused = async (code: number, says: RegExp, ...args: string[]): Promise<void> => {
  const { error } = await json<Refusal>(code, ...args);
  assert.equal(error.exit, code);
  assert.match(error.message, says);
};

const cardOf = ({ view }: Look): string => {
  const card = view?.gates.find((gate) => gate.state === 'open')?.card.hash;
  assert.match(card ?? '', /^[0-9a-f]{12}$/, 'a card is open');
  return card ?? '';
};

describe('the command line of dr', function () {
  this.timeout(240_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  it('starts, locks, lists, shows, watches, pauses, approves, resolves a hold, and reports', async () => {
    const before = await shandi.footprint();
    const start = ['recover', 'database', 'shandi', '--latest', '--no-full-backup', '--no-standbys', ...why];
    const started = await dr(...start, '--detach', '--json');
    assert.equal(started.code, 0, started.err);
    const { workflowId, runId } = JSON.parse(started.out) as { workflowId: string; runId: string };
    assert.equal(workflowId, id);
    assert.match(started.err, /^plain temporal: temporal workflow start --type pointInTimeRecovery .* -w recover\./m);
    await refused(9, /DR-LOCKED: recover\.database\.shandi is under way already/, ...start, '--detach');

    const waiting = await json<Look>(5, 'watch', 'shandi', '--until', 'person', '--timeout', '60s');
    assert.equal(waiting.runId, runId);
    const card = cardOf(waiting);
    assert.equal(cardOf(await json<Look>(5, 'show')), card, 'the only run under way needs no name');
    const shown = await dr('show', 'database.shandi');
    assert.ok(shown.out.includes(`./dr approve ${id} --card ${card} `), shown.out);

    // The lists are search attributes, and lag behind by a moment.
    const row = await shandi.eventually('the list says that it waits', async () => {
      const rows = await json<RunRow[]>(0, 'runs', '--running');
      return rows.find((one) => one.runId === runId && one.state === 'waiting-approval');
    });
    assert.equal(row.procedure, 'pointInTimeRecovery');
    assert.equal(row.resource, 'database.shandi');
    assert.equal(row.tier, 'P1');
    assert.match(row.planHash ?? '', /^[0-9a-f]{12,64}$/);

    await refused(2, /--card is missing/, 'approve', 'shandi', ...why);
    await refused(2, /--card is "beef"/, 'approve', 'shandi', '--card', 'beef', ...why);
    await refused(3, /card "0{12}" is not the open one/, 'approve', 'shandi', '--card', '000000000000', ...why);
    await json(0, 'pause', 'shandi', ...why);
    await refused(3, /refused pause: the run is paused already/, 'pause', 'shandi', ...why);
    await json(0, 'resume', 'shandi', ...why);
    await refused(3, /refused resume: the run is not paused/, 'resume', 'shandi', ...why);

    // Without its copy nothing can be moved: the approval is taken, and the run is held.
    await docker.getContainer(`${project}-pitr-${runId.replaceAll('-', '').slice(-8)}`).remove({ force: true });
    const taken = await json<{ accepted: { at: string }; remarks?: string[] }>(
      0,
      ...['approve', 'shandi', '--card', card, ...why],
    );
    assert.ok(Date.parse(taken.accepted.at) > 0);
    assert.match(taken.remarks?.join() ?? '', /tester is not among the approvers/);
    const held = await json<Look>(6, 'watch', 'shandi', '--until', 'person', '--timeout', '60s');
    assert.equal(held.view?.state, 'held');
    await refused(2, /explode.*choices are retry, skip, abort/, 'resolve', 'shandi', 'explode', ...why);
    await refused(
      3,
      /refused resolve: step ".*" cannot be skipped; choose retry or abort/,
      'resolve',
      'shandi',
      'skip',
      ...why,
    );
    await json(0, 'resolve', 'shandi', 'abort', ...why);

    const ended = await json<Look>(7, 'watch', id, '--run-id', runId, '--timeout', '60s');
    assert.equal(ended.view?.state, 'aborted');
    const report = await json<Report>(7, 'report', 'shandi');
    assert.equal(report.view.runId, runId);
    assert.deepEqual(
      report.view.approvals.map((one) => one.by),
      ['tester'],
    );
    const { html } = await json<{ html: string }>(0, 'report', 'shandi', '--html');
    assert.ok(existsSync(html) && readFileSync(html, 'utf8').includes('test of the command line'));
    await refused(3, /is not under way, so it cannot take abort/, 'abort', id, ...why);
    assert.deepEqual(await shandi.footprint(), before);
  });

  it('a recovery that is followed returns at its gate; rejected and aborted runs end with 7', async () => {
    const before = await shandi.footprint();
    const start = ['recover', 'database', 'shandi', '--latest', '--no-full-backup', '--no-standbys', ...why];
    const followed = await json<Look>(5, ...start, '--until', 'person');
    await json(0, 'reject', 'shandi', '--card', cardOf(followed), ...why);
    assert.equal((await json<Look>(7, 'watch', 'shandi', '--timeout', '60s')).view?.state, 'rejected');

    const again = await dr(...start, '--detach');
    assert.equal(again.code, 0, again.err);
    assert.equal(again.out, '', 'data only, and there is none');
    await json(0, 'abort', 'shandi', ...why);
    const ended = await dr('watch', 'shandi', '--timeout', '60s');
    assert.equal(ended.code, 7, ended.err);
    assert.match(ended.out, /DR-ABORTED: aborted by tester: test of the command line/);
    assert.deepEqual(await shandi.footprint(), before);
  });

  it('a check completes with 0, and one of a target that cannot be had is refused with 3', async () => {
    const check = ['recover', 'database', 'shandi', '--mode', 'check', ...why];
    const done = await json<Look>(0, ...check, '--latest');
    assert.equal(done.view?.verdict, 'checked');
    assert.equal((await json<Look>(0, 'show', 'check.database.shandi')).status, 'COMPLETED');
    const report = await json<Report>(0, 'report', 'check.database.shandi');
    assert.ok(report.result['coverage']);

    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const ahead = await json<Look>(3, ...check, '--to-time', tomorrow);
    assert.match(ahead.view?.problems.map((one) => one.code).join() ?? '', /DR-TARGET-UNREACHABLE/);
    await refused(2, /--to-time is "tomorrow"/, ...check, '--to-time', 'tomorrow');
    await refused(2, /"nothing": no run has that name/, 'show', 'nothing');
  });
});

/** Faults are planted in the copy, one after the other, and the checks that an operator relies on have to find each. */
import type { Approval } from '../contracts/approval';
import type { DetectionRow, Planted } from '../contracts/drill';
import type { Problem } from '../contracts/run-view';
import type { Run } from '../kernel/run';
import type { Criterion } from '../steps/judge-criteria';
import type { Drill, Loss } from './context';
import { deadChannel } from './dead-channel';
import { detections, type Detection } from './detections';

/** Part "Planted faults": each is taken back before the next one, so that what is found is this one. */
export const plantFaults: Loss = {
  will: () => `Plant ${detections.length + 1} faults, one after the other, and take each back.`,
  lose,
};

async function lose(run: Run, drill: Drill, approval: Approval): Promise<Criterion[]> {
  run.phase('Plant faults');
  const rows: DetectionRow[] = [];
  for (const one of detections) rows.push(await plantOne(run, drill, approval, one));
  rows.push(await deadChannel(run, drill));
  const caught = rows.filter((one) => one.caught).length;
  const score = `${caught}/${rows.length}`;
  drill.detection = { score, caught, planted: rows.length, faults: rows };
  run.facts('Planted faults', [
    { label: 'Detection score', value: score },
    ...rows.map(({ fault, planted, detector, caught: found, says }) => ({
      label: fault,
      value: `${found ? 'caught' : 'MISSED'} by ${detector}: ${says}. Planted: ${planted}`,
    })),
  ]);
  const missed = rows
    .filter((one) => !one.caught)
    .map(({ fault, detector, says }) => `${fault} by ${detector} (${says})`);
  const says = missed.length === 0 ? `${score} caught` : `${score} caught; missed: ${missed.join('; ')}`;
  return [{ name: 'Planted faults', ok: missed.length === 0, says }];
}

async function plantOne(run: Run, drill: Drill, approval: Approval, one: Detection): Promise<DetectionRow> {
  const { copy, database, ofCopy, on } = drill;
  const { fault, title, detector } = one;
  const about = { fault: title, detector };
  const asked = { ...copy, database, gateway: ofCopy.gateway, fault };
  const failed = (problem: Problem): { problem: Problem } => ({ problem });
  return run.irreversible(`Plant in the copy: ${title}`, approval, async ({ reference }) => {
    const planted = await run.change<Planted | { problem: Problem }>(
      `Plant: ${title}`,
      () => on.brief.plantFault({ ...asked, approval: reference }),
      { outcome: (done) => ('says' in done ? done.says : ''), instead: failed },
    );
    const found =
      'problem' in planted ? { caught: false, says: 'it could not be planted' } : await one.detect(run, drill, planted);
    const lifted = await run.change<{ problem?: Problem }>(
      `Take back: ${title}`,
      () => on.brief.liftFault({ ...asked, approval: reference }).then(() => ({})),
      { instead: failed },
    );
    // What is tested next would be tested on a copy that is broken already.
    if (lifted.problem) return run.giveUp('DR-DRILL', `a planted fault (${title}) stays: ${lifted.problem.message}`);
    return { ...about, ...found, planted: 'problem' in planted ? planted.problem.message : planted.says };
  });
}

/** Objectives against results: one bar each for recovery time and data loss, with the objective marked on it. */
import type { ObjectivesView } from '../../../workflows/contracts/run-view';
import { duration, moment } from '../../../workflows/contracts/words';
import { html, type Markup } from '../../shared/html/html';
import { factList, section } from './parts';

const width = 400;

interface Bar {
  name: string;
  objective: number;
  /** Undefined: not measured. */
  result: number | undefined;
  /** Part of the result that was spent waiting for people. */
  human: number;
  met: boolean | undefined;
  /** When there is no result. */
  missing: string;
  caption: string;
}

function bar(one: Bar): Markup {
  const top = Math.max(one.objective, one.result ?? 0) * 1.06 || 1;
  const x = (ms: number): number => Math.round((ms / top) * width * 10) / 10;
  const result = one.result ?? 0;
  const machine = Math.max(0, result - one.human);
  const said = one.result === undefined ? one.missing : `${duration(result)} of ${duration(one.objective)}`;
  const badge =
    one.met === undefined
      ? undefined
      : html`<span class="badge ${one.met ? 'good' : 'bad'}">${one.met ? 'met' : 'missed'}</span>`;
  return html`<figure class="measure">
    <div class="top">
      <span class="name">${one.name}</span>
      <span
        ><strong>${one.result === undefined ? '–' : duration(result)}</strong>
        <span class="of">of ${duration(one.objective)}</span></span
      >
      ${badge}
    </div>
    <svg viewBox="0 0 ${width} 34" role="img" aria-label="${one.name}: ${said}">
      <rect x="0" y="4" width="${width}" height="14" rx="3" fill="var(--faint)" stroke="var(--line)" />
      <rect x="0" y="4" width="${x(machine)}" height="14" rx="2" fill="var(--machine)" />
      ${
        one.human > 0 &&
        html`<rect x="${x(machine)}" y="4" width="${x(result - machine)}" height="14" rx="2" fill="url(#human)" />`
      }
      <line x1="${x(one.objective)}" x2="${x(one.objective)}" y1="0" y2="22" stroke="var(--ink)" stroke-width="1.5" />
      <text class="soft" x="${x(one.objective)}" y="33" font-size="10.5" text-anchor="end">
        objective ${duration(one.objective)}
      </text>
    </svg>
    <figcaption>${one.caption}</figcaption>
  </figure> `;
}

/** @param ended whether the run is over; a clock that still runs is shown as the time so far */
export function objectivesSection(clock: ObjectivesView, ended: boolean): Markup {
  const elapsed = clock.achievedRto ?? (ended ? undefined : clock.elapsed);
  return section(
    'objectives',
    'Objectives and results',
    html`<div class="measures">
      ${bar({
        name: `Recovery time (RTO of tier ${clock.tier})`,
        objective: clock.rto,
        result: elapsed,
        human: Math.min(clock.human, elapsed ?? 0),
        met: clock.rtoMet,
        missing: 'nothing was recovered',
        caption:
          elapsed === undefined
            ? 'No recovery was verified, so there is no recovery time.'
            : `${duration(clock.machine)} of work, ${duration(clock.human)} waiting for people (hatched). From declaration to a committed write through the path clients use.`,
      })}
      ${bar({
        name: `Data loss (RPO of tier ${clock.tier})`,
        objective: clock.rpo,
        result: clock.achievedRpo,
        human: 0,
        met: clock.rpoMet,
        missing: 'not measured',
        caption:
          clock.achievedRpo === undefined
            ? 'Not measured in this run.'
            : 'From the last commit that was kept to the last commit before the recovery.',
      })}
    </div>`,
    html`<h3>Clock</h3>`,
    factList([
      ...(clock.disasterAt ? [{ label: 'Disaster', value: moment(clock.disasterAt) }] : []),
      { label: 'Declared: the clock starts', value: moment(clock.declaredAt) },
      ...(clock.verifiedAt ? [{ label: 'Verified: the clock stops', value: moment(clock.verifiedAt) }] : []),
      ...(clock.disasterAt
        ? [
            {
              label: 'Disaster to declaration',
              value: `${duration(Date.parse(clock.declaredAt) - Date.parse(clock.disasterAt))}, not part of the recovery time`,
            },
          ]
        : []),
    ]),
  );
}

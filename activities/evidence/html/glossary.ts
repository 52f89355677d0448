import { html, type Markup } from '../../shared/html/html';
import { factList, section } from './parts';

/** Terms for a reader who was not there and does not run databases. */
const terms: [string, string][] = [
  [
    'RTO',
    'Recovery time objective: the longest a system of this tier may stay unusable after a disaster was declared.',
  ],
  ['RPO', 'Recovery point objective: the most recent work, as a span of time, that may be lost.'],
  ['Tier', 'How vital a system is; the plan gives each tier its RTO and RPO. P1 is the most vital.'],
  ['Declared, verified', 'Declared: the run was started. Verified: a write came back through the path clients use.'],
  [
    'Gate, card',
    'A gate is a point where the run waits for a decision. The card shows what will happen and what is lost.',
  ],
  ['Void', 'An approval counts only for the facts it was given for. When they change, it is void and asked for again.'],
  ['Hold', 'A step failed and a person decided how to go on: try again, skip it, or undo everything.'],
  ['Undo', 'What a step changed is taken back, newest first, when a run does not go through.'],
  ['Fence', 'The old server is stopped, and it is proven that it takes no more writes, before the new one takes over.'],
  ['Point-in-time recovery', 'A backup is restored and the log of changes replayed up to a chosen moment.'],
  ['WAL, LSN', 'The database’s log of changes, and a position in it.'],
  ['Timeline', 'Each recovery begins a new branch of the database’s history, with a number of its own.'],
];

/** The report's words explained, for whoever reads it without knowing databases. */
export const glossarySection = (): Markup =>
  section('glossary', 'Terms', html`${factList(terms.map(([label, value]) => ({ label, value })))}`);

/** The status page as one file: no script, nothing fetched, every value escaped. */
import {
  componentStates,
  type ComponentState,
  type StatusDocument,
  type StatusIncident,
  type StatusState,
} from '../../workflows/contracts/status';
import { html, trusted, type Markup } from '../shared/html/html';
import { css } from './css';
import { isOpen, worst } from './document';

interface Look {
  tone: 'good' | 'note' | 'warn' | 'bad';
  sign: string;
  words: string;
}

const componentLooks: Record<ComponentState, Look> = {
  operational: { tone: 'good', sign: '✓', words: 'Operational' },
  maintenance: { tone: 'note', sign: '⚙', words: 'Under maintenance' },
  degraded: { tone: 'warn', sign: '!', words: 'Degraded' },
  'partial-outage': { tone: 'warn', sign: '!', words: 'Partial outage' },
  'major-outage': { tone: 'bad', sign: '✗', words: 'Major outage' },
};

const stateLooks: Record<StatusState, Pick<Look, 'tone' | 'words'>> = {
  investigating: { tone: 'bad', words: 'Investigating' },
  identified: { tone: 'warn', words: 'Identified' },
  monitoring: { tone: 'note', words: 'Monitoring' },
  resolved: { tone: 'good', words: 'Resolved' },
  postmortem: { tone: 'good', words: 'Postmortem' },
  scheduled: { tone: 'note', words: 'Scheduled' },
  'in-progress': { tone: 'warn', words: 'In progress' },
  completed: { tone: 'good', words: 'Completed' },
};

/** A time with what a machine reads of it. */
const time = (iso: string): Markup =>
  html`<time datetime="${iso}">${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;

/** `order-service` → `Order service`: customers read no names of containers. */
function titleOf(name: string): string {
  const words = name.split('-').map((word) => (/^(api|ai|cdn|sms)$/.test(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The whole platform in one sentence. An open incident that names no component is still an incident. */
function overall({ components, incidents }: StatusDocument): Look {
  const open = incidents.filter((one) => isOpen(one) && one.kind === 'incident');
  const state = worst(components.map((one) => one.state));
  switch (state) {
    case 'operational':
      return open.some((one) => one.state !== 'monitoring')
        ? { tone: 'warn', sign: '!', words: 'An incident is being worked on' }
        : open.length > 0
          ? { tone: 'note', sign: '…', words: 'All services operate; an incident is being monitored' }
          : { tone: 'good', sign: '✓', words: 'All services operate' };
    case 'maintenance':
      return { ...componentLooks.maintenance, words: 'Maintenance is under way' };
    case 'degraded':
      return { ...componentLooks.degraded, words: 'Some services are degraded' };
    case 'partial-outage':
      return { ...componentLooks['partial-outage'], words: 'Some services are partly out of order' };
    case 'major-outage':
      return { ...componentLooks['major-outage'], words: 'Some services are out of order' };
  }
}

function componentsList({ components }: StatusDocument): Markup {
  return html`<ul class="components sheet">
    ${components.map((one) => {
      const look = componentLooks[one.state];
      return html`<li>
        <span class="name">${titleOf(one.name)}</span>
        <span class="state ${look.tone}"><span aria-hidden="true">${look.sign}</span> ${look.words}</span>
      </li> `;
    })}
  </ul>`;
}

function hit({ components }: StatusIncident): Markup | undefined {
  const named = Object.entries(components).sort(
    ([, a], [, b]) => componentStates.indexOf(b) - componentStates.indexOf(a),
  );
  if (named.length === 0) return undefined;
  const words = named.map(([name, state]) => `${titleOf(name)} (${componentLooks[state].words.toLowerCase()})`);
  return html`<p class="hit">Services: ${words.join(', ')}</p>`;
}

function article(incident: StatusIncident): Markup {
  const look = stateLooks[incident.state];
  const id = `i-${incident.incident}`;
  return html`<article class="sheet" aria-labelledby="${id}">
    <div class="head">
      <h3 id="${id}">${incident.title}</h3>
      <span class="pill ${look.tone}">${look.words}</span>
    </div>
    ${
      incident.from !== undefined &&
      incident.until !== undefined &&
      html`<p class="hit">From ${time(incident.from)} to ${time(incident.until)}</p>`
    }
    ${hit(incident)}
    <ol class="updates">
      ${incident.updates.toReversed().map(
        (one) =>
          html`<li>
            <p><strong>${stateLooks[one.state].words}.</strong> ${one.message}</p>
            ${time(one.at)}
          </li> `,
      )}
    </ol>
  </article> `;
}

const part = (id: string, title: string, body: Markup | Markup[]): Markup =>
  html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section> `;

/** The page of a document. The same document makes the same bytes. */
export function renderStatusPage(document: StatusDocument): string {
  const look = overall(document);
  const open = document.incidents.filter((one) => isOpen(one) && one.state !== 'scheduled');
  const planned = document.incidents.filter((one) => one.state === 'scheduled');
  const past = document.incidents.filter((one) => !isOpen(one));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${look.words}: status of ${document.name}</title>
        <style>
          ${trusted(css)}
        </style>
      </head>
      <body>
        <a class="skip" href="#services">Skip to the services</a>
        <header>
          <h1>Status of ${document.name}</h1>
          <p class="overall ${look.tone}" role="status"><span aria-hidden="true">${look.sign}</span> ${look.words}</p>
          <p class="when">As of ${time(document.updatedAt)}. Load the page again for news.</p>
        </header>
        <main>
          ${open.length > 0 && part('now', 'Now', open.map(article))}
          ${planned.length > 0 && part('planned', 'Planned maintenance', planned.map(article))}
          ${part('services', 'Services', componentsList(document))}
          ${part(
            'past',
            'Past incidents',
            past.length > 0 ? past.map(article) : html`<p class="none sheet">None so far.</p>`,
          )}
        </main>
        <footer>Times are UTC. The same as data: <a href="status.json">status.json</a></footer>
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}

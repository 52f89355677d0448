/** The state of a checklist; pure but for the time it is told. */
import type { ChecklistPhase } from '../../plan';
import type { ChecklistItem, ChecklistPhaseView, ChecklistView, MilestoneMessage } from '../contracts/checklist';

interface Tick {
  by: string;
  note?: string | undefined;
  /** UTC. */
  at: string;
}

/** One checklist of one incident. */
export class Checklist {
  private readonly phases: ChecklistPhaseView[];

  /** @param detectedAt milliseconds since 1970; the phases of the plan count from it */
  constructor(
    private readonly incident: string,
    private readonly detectedAt: number,
    plan: ChecklistPhase[],
  ) {
    this.phases = plan.map(({ phase, title, to, items }, index) => ({
      phase,
      title,
      ...(to === undefined ? {} : { dueBy: new Date(detectedAt + to).toISOString() }),
      overdue: false,
      items: items.map((item, at): ChecklistItem => {
        const number = `${index + 1}.${at + 1}`;
        if (typeof item === 'string') return { number, text: item, state: 'open' };
        return { number, text: item.text, state: 'open', milestone: item.done };
      }),
    }));
  }

  private get items(): ChecklistItem[] {
    return this.phases.flatMap((one) => one.items);
  }

  get open(): ChecklistItem[] {
    return this.items.filter(({ state }) => state === 'open');
  }

  /** The item that a person means: by its number, its text, or a part of its text that no other has. */
  find(given: string): ChecklistItem | string {
    const wanted = given.trim().toLowerCase();
    const exact = this.items.find(({ number, text }) => number === wanted || text.toLowerCase() === wanted);
    if (exact) return exact;
    const [first, ...others] = this.items.filter(({ text }) => text.toLowerCase().includes(wanted));
    if (first && others.length === 0 && !/^[\d.]+$/.test(wanted)) return first;
    const all = (items: ChecklistItem[]): string => items.map(({ number, text }) => `${number} ${text}`).join(', ');
    return first && others.length > 0
      ? `item is "${given}": it fits ${all([first, ...others])}; give the number of one`
      : `item is "${given}": the checklist has no such item; expected a number or a text of ${all(this.items)}`;
  }

  /** Why an item cannot be ticked (`done`) or unticked (`open`). */
  objection(given: string, to: ChecklistItem['state']): string | undefined {
    const item = this.find(given);
    if (typeof item === 'string') return item;
    if (item.state !== to) return undefined;
    return to === 'done'
      ? `item ${item.number} "${item.text}" was ticked already by ${item.by} at ${item.at}`
      : `item ${item.number} "${item.text}" is not ticked`;
  }

  tick(given: string, tick: Tick): ChecklistItem | undefined {
    const item = this.find(given);
    return typeof item === 'string' ? undefined : ticked(item, tick);
  }

  untick(given: string): ChecklistItem | undefined {
    const item = this.find(given);
    if (typeof item === 'string') return undefined;
    item.state = 'open';
    delete item.by;
    delete item.note;
    delete item.at;
    return item;
  }

  /** Ticks every open item of a milestone. @returns those it ticked */
  reach({ name, by, evidence }: MilestoneMessage, at: string): ChecklistItem[] {
    return this.open
      .filter(({ milestone }) => milestone === name)
      .map((item) => ticked(item, { by, note: evidence, at }));
  }

  /** The time of a phase is over. @returns what of it is open */
  over(index: number): ChecklistItem[] {
    const phase = this.phases[index];
    if (!phase) return [];
    phase.overdue = true;
    return phase.items.filter(({ state }) => state === 'open');
  }

  view(): ChecklistView {
    const { items } = this;
    const phases = this.phases.map((phase) => ({
      ...phase,
      overdue: phase.overdue && phase.items.some(({ state }) => state === 'open'),
      items: phase.items.map((item) => ({ ...item })),
    }));
    return {
      incident: this.incident,
      detectedAt: new Date(this.detectedAt).toISOString(),
      done: items.filter(({ state }) => state === 'done').length,
      total: items.length,
      phases,
    };
  }
}

function ticked(item: ChecklistItem, { by, note, at }: Tick): ChecklistItem {
  return Object.assign(item, { state: 'done', by, at, ...(note === undefined ? {} : { note }) });
}

import { condition, workflowInfo } from '@temporalio/workflow';
import type { Approval, ApprovalReference } from '../contracts/approval';
import type { ApproveMessage, RejectMessage, RetargetMessage } from '../contracts/messages';
import type { CardView, GateView } from '../contracts/run-view';
import { cardHash } from './canonical';
import { gateCommands } from './commands';
import { Ended, Retargeted } from './endings';
import type { RunRecord } from './record';

/** What a card says, made from measured facts. */
export type CardContent = Pick<CardView, 'title' | 'will' | 'loss' | 'facts' | 'tables' | 'warnings'>;

export interface GateDefinition<F> {
  /** Measures the facts the card is bound to; called again before anything irreversible. */
  measure: () => Promise<F>;
  card: (facts: F) => CardContent;
  /** A sentence when the approved facts no longer hold: which fact, from what to what; undefined while they do. */
  drifted: (approved: F, now: F) => string | undefined;
  /**
   * For how long measured facts are as good as a new measurement, milliseconds (default 0: always measured again). For
   * facts that cost more time than they change in, while nobody is served.
   */
  freshMs?: number;
  /** From the plan's approval policy. */
  policy: { approvers: string[]; expiresMs: number; onExpiry: 'reject' };
  /** What the procedure does when nobody answers, for the card; default: the run is rejected and undone. */
  afterExpiry?: string;
  /** Answers in a person's place, on record: returns the policy's reason, or undefined to leave it to a person. */
  answer?: (facts: F) => string | undefined;
  /** Allows another target to be chosen while the gate is open: returns an objection, or undefined. */
  retarget?: (target: unknown) => string | undefined;
}

type Answer =
  | { kind: 'approve'; message: ApproveMessage; via: 'person' | 'policy' }
  | { kind: 'reject'; message: RejectMessage }
  | { kind: 'retarget'; message: RetargetMessage };

/** The only maker of an `Approval`: the brand exists in the types alone. */
const approvalOf = (reference: ApprovalReference, reason: string): Approval =>
  ({ reference, reason }) as unknown as Approval;

/** Where a run waits for approval. One gate is open at a time. */
export class Gates {
  private open_: { view: GateView; definition: GateDefinition<never>; answer?: Answer } | undefined;
  private openings = 0;
  /** What each approval was given for: approval → its gate and its facts. */
  private readonly given = new Map<
    Approval,
    { name: string; definition: GateDefinition<unknown>; facts: unknown; measuredAt: number; view: GateView }
  >();

  /** @param answersAll reason with which policy answers every gate; undefined: each gate has its own */
  constructor(
    private readonly record: RunRecord,
    private readonly answersAll?: string,
  ) {}

  async open<F>(name: string, definition: GateDefinition<F>): Promise<Approval> {
    const facts = await definition.measure();
    const measuredAt = Date.now();
    const { workflowId, runId } = workflowInfo();
    const hash = cardHash(runId, name, ++this.openings, facts);
    const { approvers, expiresMs, onExpiry } = definition.policy;
    const view: GateView = {
      name,
      state: 'open',
      card: {
        gate: name,
        hash,
        ...definition.card(facts),
        openedAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + expiresMs).toISOString(),
        onExpiry: definition.afterExpiry ?? (onExpiry === 'reject' ? 'the run is rejected and undone' : onExpiry),
        approvers,
        commands: gateCommands(workflowId, hash),
      },
    };
    const step = this.record.openStep('gate', view.card.title);
    const open = { view, definition: definition as unknown as GateDefinition<never> } as NonNullable<Gates['open_']>;
    this.open_ = open;
    this.record.edit((run) => void run.gates.push(view));
    this.record.note('gate', `gate ${name} opened, card ${hash}, until ${view.card.expiresAt}`);
    const policy = this.answersAll ?? definition.answer?.(facts);
    if (policy !== undefined) {
      open.answer = { kind: 'approve', via: 'policy', message: { card: hash, by: 'policy', reason: policy } };
    } else {
      this.record.setState('waiting-approval', `approval of card ${hash} (gate ${name}), until ${view.card.expiresAt}`);
    }
    const wait = (): Promise<boolean> => condition(() => open.answer !== undefined, expiresMs);
    try {
      if (!open.answer) await this.record.humanTime.during(wait);
    } catch (error) {
      // Cancelled or aborted: nobody can answer it any more.
      this.close(view, 'void');
      this.record.closeStep(step, 'failed', 'the run ended before an answer');
      throw error;
    } finally {
      this.open_ = undefined;
      view.closedAt = new Date().toISOString();
      this.record.setState('running');
    }
    const answer = open.answer as Answer | undefined;
    if (!answer) {
      this.close(view, 'expired');
      this.record.closeStep(step, 'failed', 'nobody answered in time');
      throw new Ended(
        'expired',
        'DR-APPROVAL-EXPIRED',
        `nobody answered gate ${name} within ${expiresMs} ms (until ${view.card.expiresAt})`,
      );
    }
    const { by, reason } = answer.message;
    view.answer = { by, reason, at: view.closedAt, via: answer.kind === 'approve' ? answer.via : 'person' };
    if (answer.kind === 'reject') {
      this.close(view, 'rejected');
      this.record.closeStep(step, 'failed', `rejected by ${by}: ${reason}`);
      throw new Ended('rejected', 'DR-REJECTED', `rejected by ${by}: ${reason}`);
    }
    if (answer.kind === 'retarget') {
      this.close(view, 'retargeted');
      this.record.closeStep(step, 'done', `another target chosen by ${by}: ${reason}`);
      throw new Retargeted(answer.message.target);
    }
    this.close(view, 'approved');
    this.record.closeStep(step, 'done', `approved by ${by}: ${reason}`);
    const reference: ApprovalReference = {
      gate: name,
      card: hash,
      workflowId,
      runId,
      by,
      via: answer.via,
      at: view.closedAt,
    };
    this.record.edit((run) => void run.approvals.push({ ...reference, reason }));
    if (answer.via === 'person' && approvers.length > 0 && !approvers.includes(by)) {
      this.record.note(
        'person',
        `${by} is not on the plan's list of approvers (${approvers.join(', ')}); who it was is a claim either way`,
      );
    }
    const approval = approvalOf(reference, reason);
    const asked = definition as unknown as GateDefinition<unknown>;
    this.given.set(approval, { name, definition: asked, facts, measuredAt, view });
    return approval;
  }

  /** The approval itself while its facts hold; else the gate opens again, and the answer to that is returned. */
  async stillValid(approval: Approval): Promise<Approval> {
    const given = this.given.get(approval);
    if (!given) throw new TypeError('an approval that no gate of this run has made');
    if (Date.now() - given.measuredAt < (given.definition.freshMs ?? 0)) return approval;
    const drift = given.definition.drifted(given.facts, await given.definition.measure());
    if (drift === undefined) return approval;
    this.revoke(approval, drift);
    return this.stillValid(await this.open(given.name, given.definition));
  }

  /** What was approved does not hold any more: the approval counts for nothing from now on. */
  revoke(approval: Approval, drift: string): void {
    const given = this.given.get(approval);
    if (!given) return;
    this.given.delete(approval);
    given.view.voided = drift;
    this.close(given.view, 'void');
    this.record.note('gate', `the approval of card ${given.view.card.hash} is void: ${drift}`);
  }

  /** Why a message cannot be taken now; undefined when it can. */
  objection(message: { card?: string }): string | undefined {
    if (!this.open_ || this.open_.answer) return 'no gate of this run is open now, so there is nothing to answer';
    const hash = this.open_.view.card.hash;
    if (message.card !== undefined && message.card !== hash) {
      return `card ${JSON.stringify(message.card)} is not the open one; read the card that is open now, ${hash}, and answer that`;
    }
    return undefined;
  }

  retargetObjection(message: RetargetMessage): string | undefined {
    const objection = this.objection({});
    if (objection) return objection;
    const check = this.open_?.definition.retarget;
    return check ? check(message.target) : 'this gate has no target to change';
  }

  answer(answer: Answer): void {
    if (this.open_) this.open_.answer = answer;
  }

  private close(view: GateView, state: GateView['state']): void {
    view.state = state;
    this.record.note('gate', `gate ${view.name}: ${state}`);
  }
}

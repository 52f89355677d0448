/** Why a planned switchover cannot be done now; every reason at once. Pure. */
import type { ServerFacts } from '../contracts/cluster';
import type { Refusal } from '../contracts/recovery';
import { bytes, duration } from '../contracts/words';
import { lsnBytes } from '../contracts/wal';
import { choose, type Choice } from '../failover/candidates';
import { serves, whyNotServing } from '../failover/serving';
import type { Survey } from '../failover/survey';

/** More than this behind and the clients would have to wait for it. */
const greatestLag = 1024 * 1024;
/** A transaction that is open for so long will not end within the stall. */
const longestTransactionMs = 5_000;

/** The standby that lags least among those that may take over, and whatever speaks against a switchover now. */
export function chooseForSwitchover({ primary, standbys }: Survey, named: string | undefined): Choice {
  if (!serves(primary))
    return {
      refusals: [
        refusal(
          'DR-DATABASE-DOWN',
          whyNotServing(primary),
          'A planned switchover needs a primary that works: for a lost one, `dr failover`.',
        ),
      ],
    };
  const { chosen, refusals } = choose(standbys, {
    systemIdentifier: primary.systemIdentifier,
    timeline: primary.timeline,
    maxSilenceMs: Infinity,
    ...(named === undefined ? {} : { named }),
  });
  if (!chosen) return { refusals };
  const against = objections(primary, chosen);
  return against.length > 0 ? { refusals: against } : { chosen, refusals: [] };
}

function objections(primary: ServerFacts, standby: ServerFacts): Refusal[] {
  const lag = lsnBytes(primary.receivedLsn) - lsnBytes(standby.replayedLsn);
  const oldest = primary.oldestTransactionMs ?? 0;
  return [
    ...(standby.receiver === 'streaming'
      ? []
      : [
          refusal(
            'DR-STANDBY',
            `standby ${standby.service} does not stream from ${primary.service} (${standby.receiver ?? 'it has no receiver'}): a fast shutdown would not wait for it`,
            'Rebuild it: `dr reprotect`.',
          ),
        ]),
    ...(lag > greatestLag
      ? [
          refusal(
            'DR-STANDBY',
            `standby ${standby.service} is ${bytes(lag)} behind in replay; at most ${bytes(greatestLag)} is little enough`,
            'Wait until it has caught up.',
          ),
        ]
      : []),
    ...(oldest > longestTransactionMs
      ? [
          refusal(
            'DR-STALL',
            `a transaction on ${primary.service} is open for ${duration(oldest)}: the clients would have to wait for its end`,
            'End it, or wait; pg_stat_activity shows it.',
          ),
        ]
      : []),
  ];
}

const refusal = (code: string, message: string, next: string): Refusal => ({ code, message, next });

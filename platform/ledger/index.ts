export { Ledger, type Counts, type LedgerOptions } from './ledger';
export { readJournal, type Entry } from './journal';
export { verdict, type Query, type Verdict, type VerdictOptions } from './verdict';
export { pgQuery } from './query';

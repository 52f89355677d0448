/**
 * Longest time that anybody may ask a run to wait, milliseconds: a year. Far beyond it neither a date nor a timer can be made,
 * and a run that tried would be stuck instead of refusing.
 */
export const longestWaitMs = 366 * 86_400_000;

/** Longest time for which anybody may ask clients to be held, milliseconds. */
export const longestStallMs = 600_000;

/**
 * Something the set-up could not provide. `message` says what is wrong, `remedy` what a person can do about it by hand.
 * Both are whole sentences: they are printed as they are.
 */
export class SetUpError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'SetUpError';
  }
}

/** The message of whatever was thrown, for printing. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { exitCodes, type ExitName } from './exit-codes';

/** Something a person can mend. It is printed as it stands, without a stack trace. */
export class Fault extends Error {
  readonly exit: number;
  constructor(
    exit: ExitName,
    /** One sentence, or several on lines of their own. */
    message: string,
    /** What to do, in a sentence. */
    readonly next?: string,
  ) {
    super(message);
    this.exit = exitCodes[exit].code;
  }
}

/** Every wrong value of a command line at once. */
export function inputFault(faults: string[], command: string): Fault {
  const head = faults.length === 1 ? 'A value is wrong' : `${faults.length} values are wrong`;
  return new Fault(
    'input',
    [`${head}; nothing was started or changed:`, ...faults.map((fault) => `  ${fault}`)].join('\n'),
    `See \`dr ${command} --help\`.`,
  );
}

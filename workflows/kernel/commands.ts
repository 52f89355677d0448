/** The exact lines a person types next; the card, the hold and the details all take them from here. */

const json = (value: unknown): string => `'${JSON.stringify(value).replace(/'/g, `'\\''`)}'`;

/** Lines that answer an open gate. Who and why are left to fill in: nobody approves by pasting. */
export function gateCommands(workflowId: string, card: string): { approve: string; reject: string; temporal: string } {
  const input = json({ card, by: 'YOUR ROLE', reason: 'WHY' });
  return {
    approve: `./dr approve ${workflowId} --card ${card} --reason "WHY"`,
    reject: `./dr reject ${workflowId} --card ${card} --reason "WHY"`,
    temporal: `temporal workflow update execute -w ${workflowId} --name approve --input ${input}`,
  };
}

/** Lines that resolve a held step: one per choice, then the stock command. */
export function holdCommands(workflowId: string, choices: readonly string[]): string[] {
  return [
    ...choices.map((choice) => `./dr resolve ${workflowId} ${choice} --reason "WHY"`),
    `temporal workflow update execute -w ${workflowId} --name resolve --input ${json({ action: 'retry', by: 'YOUR ROLE', reason: 'WHY' })}`,
  ];
}

/** Lines of a word that is not the kernel's own: ours, then the stock commands as update and as signal. */
export const wordCommands = (workflowId: string, dr: string, name: string, message: unknown): string[] => [
  dr,
  `temporal workflow update execute -w ${workflowId} --name ${name} --input ${json(message)}`,
  `temporal workflow signal -w ${workflowId} --name ${name} --input ${json(message)}`,
];

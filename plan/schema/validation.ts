import { z } from 'zod';
import { positiveDuration } from './duration';
import { name, text } from './common';

const PAGE = "a path, beginning with '/', such as '/api/orders'";
const STATUS = 'an HTTP status from 200 to 599';
const page = z.string({ error: PAGE }).regex(/^\/\S*$/, { error: PAGE });

/**
 * One request that a client of the business would make, sent through the gateway. In `body` and `readBack` the text `$id:NAME`
 * stands for an id (UUID) that is made for the transaction NAME: the same in every try of one run, so that a repeated try is
 * the same request.
 */
export const transaction = z.strictObject({
  name: name.describe('Name of the transaction; `$id:NAME` is its id.'),
  method: z.enum(['POST', 'PUT']).prefault('POST').describe('HTTP method. Default POST.'),
  path: page.describe('Page it is sent to, through the gateway.'),
  body: z.record(z.string(), z.json()).describe('Body, sent as JSON. Never a secret.'),
  status: z
    .array(z.int({ error: STATUS }).min(200, { error: STATUS }).max(599, { error: STATUS }))
    .min(1, { error: 'at least one status' })
    .prefault([200, 201])
    .describe('Answers that mean it was done. Default 200 and 201.'),
  readBack: page.optional().describe('Page that must answer 2xx afterwards. Default: it is not read back.'),
});

/** A program whose exit code 0 says that the platform works. */
export const testCommand = z.strictObject({
  name: name.describe('Name of the tests.'),
  command: z
    .array(text)
    .min(1, { error: 'at least the program' })
    .describe(
      "Program and arguments, run by the worker of the primary site in the plan's directory, without a shell. DR_GATEWAY holds the address of the gateway.",
    ),
  timeout: positiveDuration.prefault('5m').describe('Longest time it may take. Default 5m.'),
});

/** How a recovered platform is proven to do business. */
export const validation = z.strictObject({
  transactions: z
    .array(transaction)
    .prefault([])
    .describe('Business transactions that are really placed, in this order.'),
  commands: z.array(testCommand).prefault([]).describe('Integration tests, run one after the other.'),
});

/** A business transaction that proves a recovery. */
export type Transaction = z.output<typeof transaction>;
/** A test program that proves a recovery; times in milliseconds. */
export type TestCommand = z.output<typeof testCommand>;

import { freezeSchema } from '../../workflows/contracts/guard';
import { wordSchema } from '../../workflows/contracts/messages';
import { withControlPlane } from '../lib/connect';
import type { Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { guardOf, messageOf, noGuard } from '../lib/guard';
import { sendWord } from '../lib/send';
import { freezeFields } from './guards';

type Options = Record<string, unknown>;

/** The guard goes on watching, and starts nothing by itself. */
export async function freeze(context: Context, database: string, options: Options): Promise<number> {
  const message = await messageOf('freeze', freezeSchema, database, options, freezeFields);
  return withControlPlane(context, async (plane) => {
    const gone = noGuard(database, 'there is nothing to freeze, as nobody would start anything by itself');
    await sendWord(context, plane, guardOf(database), 'freeze', message, { gone });
    context.say(`Lift it with: ./dr unfreeze ${database} --reason "WHY"`);
    return exitCodes.ok.code;
  });
}

/** Lifts a freeze or a maintenance: the guard may act by itself again. */
export async function unfreeze(context: Context, database: string, options: Options): Promise<number> {
  const message = await messageOf('unfreeze', wordSchema, database, options);
  return withControlPlane(context, async (plane) => {
    const gone = noGuard(database, 'there is no freeze to lift');
    await sendWord(context, plane, guardOf(database), 'unfreeze', message, { gone });
    return exitCodes.ok.code;
  });
}

import { z } from 'zod';
import { planSchema } from './schema';

/**
 * The JSON Schema of a plan file, as text. Editors complete and check YAML with it; the loader does not need it. It is
 * made from the same schema that the loader uses and is kept in the repository, next to the plan.
 */
export function planJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(planSchema, { io: 'input', reused: 'inline', target: 'draft-7' });
  const whole = {
    $schema,
    title: 'Disaster recovery plan',
    description:
      'The recovery plan as data. Durations carry a unit; relative paths start at the root directory of the plan.',
    ...schema,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

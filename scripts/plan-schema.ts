/** Writes plan/shandi.schema.json: `npm run plan:schema`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { planJsonSchema } from '../plan/json-schema';

const file = resolve(__dirname, '../plan/shandi.schema.json');
writeFileSync(file, planJsonSchema());
console.log(`wrote ${file}`);

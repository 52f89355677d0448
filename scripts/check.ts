/** `npm run check`: the fast layer, without a server. */
import { conclude } from './checks/run';
import { fastChecks } from './checks/fast';

void fastChecks().then((ended) => (process.exitCode = conclude(ended)));

import type { Plan } from '../schema';
import { formatDuration as time } from '../schema/duration';
import { formatSize } from '../schema/size';
import { section, table } from './table';

/** What may be done when something is used up. */
export function renderResources({ resources }: Plan): string {
  const { thresholds, disks, free, memory, sessions } = resources;
  const how = (automatic: boolean): string => (automatic ? 'by policy' : 'a person decides');
  return section(
    'Resources',
    `Exhausted from ${thresholds.memory} % of a memory limit, ${thresholds.disk} % of a disk, ${thresholds.connections} % of the connections. ` +
      `Disks looked at: ${disks.map(({ service, path }) => `${service}:${path}`).join(', ') || "the engine's own"}.`,
    table(
      ['what', 'may be', 'who decides'],
      [
        ...free.map(({ service, directory, files, olderThan, automatic }) => [
          `${service}:${directory}/${files}`,
          `removed when older than ${time(olderThan)}`,
          how(automatic),
        ]),
        ...memory.flatMap(({ service, ceiling, measures, automatic }) =>
          measures.map((measure) => [
            service,
            measure === 'restart'
              ? 'restarted'
              : `given ${ceiling === undefined ? 'no more' : `up to ${formatSize(ceiling)}`}`,
            how(automatic.includes(measure)),
          ]),
        ),
        ...(sessions.terminate
          ? [
              [
                `sessions idle in a transaction for ${time(sessions.idleInTransaction)}`,
                'ended',
                how(sessions.automatic),
              ],
            ]
          : []),
      ],
    ),
  );
}

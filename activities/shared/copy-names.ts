import { activityInfo } from '@temporalio/activity';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { labels } from './containers';

/** Roles of the things a database recovery makes; value of the label `dr.role`. */
export type CopyRole = 'copy' | 'restore' | 'toolbox' | 'standby' | 'clone' | 'rewind' | 'look' | 'archive';

export interface CopyNames {
  /** Volume of the restored copy; after the cut-over it is the data volume of the database. */
  volume: string;
  /** Container that runs the restored copy, isolated. */
  container: string;
  /** One-shot container that restores into the volume. */
  restore: string;
  /** One-shot container that takes things out of the archive. */
  archive: string;
  /** Long-lived container with the server's programs. */
  toolbox: string;
  /** Empty volume through which the free disk is measured, where the plan says where copies are made. */
  room: string;
  /** New volume of a rebuilt standby, by its service: a primary may have several. */
  standbyVolume: (service: string) => string;
}

/**
 * Names of everything one run makes on a site's engine. They follow from project and key alone, so that a second try
 * finds what the first one left, and two runs never share anything.
 * @param key last 8 hex digits of the run's first execution id (the first are its time of start, shared by neighbours)
 * @throws DR-INPUT when the key has another form
 */
export function copyNames(site: Site, key: string): CopyNames {
  if (!/^[0-9a-f]{8}$/.test(key))
    throw drFailure('DR-INPUT', `key ${JSON.stringify(key)} of the run: expected 8 characters of 0-9 a-f`);
  const project = site.compose.project;
  return {
    volume: `${project}_pgdata_pitr_${key}`,
    container: `${project}-pitr-${key}`,
    restore: `${project}-pitr-restore-${key}`,
    archive: `${project}-dr-archive-${key}`,
    toolbox: `${project}-dr-toolbox-${key}`,
    room: `${project}_dr_room_${key}`,
    standbyVolume: (service) => `${project}_pgdata_${service}_${key}`,
  };
}

/** Where the toolbox mounts `room`. */
export const roomPath = '/dr-room';

/** Labels of something made by the calling activity's run for this site's platform. */
export function runLabels(site: Site, role: CopyRole): Record<string, string> {
  return {
    [labels.run]: activityInfo().workflowExecution?.workflowId ?? 'none',
    [labels.role]: role,
    [labels.platform]: site.compose.project,
  };
}

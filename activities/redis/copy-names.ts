import { activityInfo } from '@temporalio/activity';
import { labels } from '../shared/containers';
import type { StoreAt } from '../../workflows/contracts/store';
import { drFailure } from '../../workflows/contracts/errors';

export interface CopyAt extends StoreAt {
  /** Last 8 hex digits of the run's first execution id. */
  key: string;
}

/** Names of what one restore makes. @throws DR-INPUT when the key has another form */
export function storeCopyNames({ site, store, key }: CopyAt): { volume: string; container: string } {
  if (!/^[0-9a-f]{8}$/.test(key))
    throw drFailure('DR-INPUT', `key ${JSON.stringify(key)} of the run: expected 8 characters of 0-9 a-f`);
  const { project } = site.compose;
  return { volume: `${project}_${store.name}_${key}`, container: `${project}-${store.name}-copy-${key}` };
}

/** Labels of what the calling run makes for this site's platform. */
export const storeCopyLabels = ({ site }: StoreAt): Record<string, string> => ({
  [labels.run]: activityInfo().workflowExecution?.workflowId ?? 'none',
  [labels.role]: 'copy',
  [labels.platform]: site.compose.project,
});

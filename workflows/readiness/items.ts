import type { ItemState, ReadinessItem } from '../contracts/readiness';

/** Makes the items of one area. */
export function area(title: string) {
  const item = (state: ItemState, name: string, says: string, next?: string): ReadinessItem => ({
    area: title,
    name,
    state,
    says,
    ...(next === undefined ? {} : { next }),
  });
  return {
    ok: (name: string, says: string): ReadinessItem => item('ok', name, says),
    warning: (name: string, says: string, next?: string): ReadinessItem => item('warning', name, says, next),
    failed: (name: string, says: string, next?: string): ReadinessItem => item('failed', name, says, next),
    /** What could not be asked is not known to be ready. */
    unknown: (name: string, { problem = 'it was not asked' }: { problem?: string | undefined }): ReadinessItem =>
      item(
        'failed',
        name,
        `not known: ${problem}`,
        'Mend what keeps it from being asked; what is not known is not ready.',
      ),
  };
}

import { drFailure } from '../../workflows/contracts/errors';
import type { PeriodicReport } from '../../workflows/contracts/periodic';
import { markdownOf } from '../../workflows/contracts/periodic-words';
import type { EvidenceRef } from '../../workflows/contracts/run-view';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';
import { renderPeriodicPage } from './html/periodic-page';

/** A report of a period as page, Markdown and data. */
export interface WritePeriodicReport {
  report: PeriodicReport;
}

/**
 * Writes `<kind>-<period>.html`, `.md` and `.json` into the evidence folder of the run. Safe to run twice.
 * @returns them with their SHA-256, the page first
 * @throws DR-TOOL when they cannot be written; retried by Temporal
 */
export async function writePeriodicReport({ report }: WritePeriodicReport): Promise<EvidenceRef[]> {
  return withHeartbeat('writing the report', async () => {
    const name = `${report.period.kind}-${report.period.name}`;
    try {
      return [
        await saveEvidence('Report of the period as a page', `${name}.html`, renderPeriodicPage(report)),
        await saveEvidence('The same as Markdown', `${name}.md`, markdownOf(report)),
        await saveEvidence('The same as data', `${name}.json`, `${JSON.stringify(report, undefined, 2)}\n`),
      ];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw drFailure('DR-TOOL', `the ${report.period.kind} report could not be written: ${why}`, { retry: true });
    }
  });
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { drHome, evidenceFolder } from '../../activities/shared/paths';
import type { Report } from '../../workflows/contracts/run-view';
import { headline } from '../../workflows/contracts/words';
import { withControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault } from '../lib/fault';
import { exitOfLook } from '../lib/follow';
import { keptReport, lookAt, type Look } from '../lib/look';
import { sayPlain } from '../lib/plain';
import { findRun } from '../lib/find-run';

type Options = Record<string, unknown>;

/** The page on this machine; the control worker that wrote it may live on another. */
function pageOf(look: Look, report: Report | undefined): string | undefined {
  // Of a report of a period the page that is meant is the report, not that of the run that made it.
  const periodic = report?.view.procedure === 'periodicReport' ? report.view.evidence[0]?.path : undefined;
  const named = periodic ?? report?.paths?.html;
  const paths = [
    ...(named ? [isAbsolute(named) ? named : join(drHome(), named)] : []),
    join(evidenceFolder(look.workflowId, look.runId), 'report.html'),
  ];
  return paths.find((path) => existsSync(path));
}

/**
 * `dr report`: the report that was kept on this machine, else what the run itself knows.
 * @throws Fault when there is neither
 */
export async function report(context: Context, run: string | undefined, options: Options): Promise<number> {
  return withControlPlane(context, async (plane) => {
    const runId = typeof options['runId'] === 'string' ? options['runId'] : undefined;
    const id = await findRun(plane, run, { runId });
    const look = await lookAt(plane, id, runId);
    const kept = keptReport(id, look.runId);
    const page = pageOf(look, kept);
    const found: Report | undefined = kept ?? (look.view ? { view: look.view, result: {} } : undefined);
    if (!found && look.failure) throw new Fault('ended', `${id} ended before it could write a report: ${look.failure}`);
    if (!found)
      throw new Fault(
        'unreachable',
        `${id} has left no report on this machine and ${look.blind ?? 'cannot be asked'}.`,
        'Start the workers with `./dr up`, or look on the machine of the control worker.',
      );
    if (options['html'] || options['open']) {
      if (!page)
        throw new Fault(
          'input',
          `${id} has no HTML report on this machine (looked in ${evidenceFolder(id, look.runId)}).`,
          look.status === 'RUNNING' ? 'It is written when the run ends.' : 'Look on the machine of the control worker.',
        );
      context.out(context.json ? toJson({ html: page }) : page);
      if (options['open']) openPage(context, page);
    } else if (context.json) {
      context.out(toJson(found));
    } else {
      context.out(headline(found.view).sentence);
      context.out(
        page
          ? `HTML  ${page}\nJSON  ${page.replace(/html$/, 'json')}`
          : 'The report is written when the run ends, on the machine of the control worker.',
      );
    }
    sayPlain(context, `temporal workflow result -w ${id}`);
    return options['html'] || options['open'] ? exitCodes.ok.code : exitOfLook(look);
  });
}

export function openPage(context: Context, page: string): void {
  const child = spawn('xdg-open', [page], { stdio: 'ignore', detached: true });
  child.on('error', () => context.say('xdg-open is not there: open the path above in a browser.'));
  child.unref();
}

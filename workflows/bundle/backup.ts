/** Phases "Back up" and "Verify" of both kinds of bundles. */
import type { BundleFacts, BundleImage } from '../contracts/bundle';
import { reducedFiles } from '../contracts/reduced';
import { bytes, count } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { BundleContext } from './context';

/** Takes a bundle, and has it opened again from the disk. */
export async function takeBundle(run: Run, context: BundleContext, images: BundleImage[] = []): Promise<BundleFacts> {
  const { at, on, plan, label } = context;
  // What is switched on at the moment would be switched on by a restore.
  const leaveOut = reducedFiles(plan.businessContinuity.reducedFunctionality.gateway);
  const backup = await run.change(
    'Keep the files as an encrypted bundle',
    () => on.change.backupBundle({ ...at, label, platform: plan.name, images, leaveOut }),
    { outcome: (one) => `${one.label}: ${count(one.files)} files, ${bytes(one.bytes)}` },
  );
  run.phase('Verify');
  const [read] = await run.probe(
    'Open it again',
    () => on.probe.listBundles({ ...at, only: label }),
    (found) => found[0]?.problem ?? 'every file is as its manifest says',
  );
  if (!read || read.problem !== undefined)
    return run.giveUp('DR-BACKUP-FAILED', `bundle ${label} cannot be read back: ${read?.problem ?? 'it is gone'}`);
  run.facts('Backup', [
    { label: 'Label', value: backup.label },
    { label: 'Taken at', value: backup.takenAt },
    { label: 'Files', value: count(backup.files) },
    { label: 'SHA-256', value: backup.sha256 },
  ]);
  return backup;
}

/** Commands that back up and restore the files of the platform, as data. There is one configuration per plan, so they take no name. */
import { approvalTimeout, planHash, type Field } from '../lib/fields';
import type { ThingCommand } from './things';

const input = { reason: 'WHY', by: 'YOUR ROLE' };

const restoring: Field[] = [
  {
    flags: '--backup <label>',
    says: 'bundle to restore, e.g. 20261122T172924Z-1ea3d016 (default: the newest that is whole)',
    name: 'backup',
  },
  {
    flags: '--what <which>',
    says: 'missing: files that are missing or broken; all: every file that differs as well (default: missing)',
    name: 'what',
  },
  {
    flags: '--ask',
    says: 'a person decides, even where nothing that works is overwritten',
    name: 'policyMayAnswer',
    kind: 'switch',
    sets: false,
  },
  planHash,
  approvalTimeout,
];
const noImages = (says: string): Field => ({
  flags: '--no-images',
  says,
  name: 'images',
  kind: 'switch',
  sets: false,
});

export const bundleCommands: ThingCommand[] = [
  {
    command: 'recover configuration',
    procedure: 'restoreConfiguration',
    description: 'put back files of the platform that are missing or broken, and images that the engine lacks',
    fields: [...restoring, noImages('load no images')],
    mind: 'Volumes and servers that procedures have changed since the backup stay as they are. The policy answers where nothing that works is\noverwritten; else the run waits for `dr approve`. What is replaced is kept. No container is touched.',
    examples: [
      'dr recover configuration --reason "the env file was overwritten"',
      'dr recover configuration --what all --backup 20261122T172924Z-1ea3d016 --reason "back to before the change"',
    ],
    plain: { id: 'recover.configuration', input },
  },
  {
    command: 'recover certificates',
    procedure: 'restoreCertificates',
    description: "put the gateway's certificate and key back, from the newest bundle that is valid now",
    fields: restoring,
    mind: 'Certificate and key are put back together, the gateway reads them anew, and a TLS connection shows what it serves. Where every\nbundle has expired the run refuses: renew, then `dr backup certificates`.',
    examples: ['dr recover certificates --reason "the certificate was replaced by an expired one"'],
    plain: { id: 'recover.certificates', input },
  },
  {
    command: 'backup configuration',
    procedure: 'backupConfiguration',
    description: 'keep the files of the platform as an encrypted bundle, and the images that it uses',
    fields: [noImages('keep no images (default: the plan)'), planHash],
    mind: 'Nothing is interrupted and no older backup is removed. A project that Compose cannot read is no backup, and is refused.',
    examples: ['dr backup configuration --reason "before the update"'],
    plain: { id: 'backup.configuration', input },
  },
  {
    command: 'backup certificates',
    procedure: 'backupCertificates',
    description: "keep the gateway's certificates and keys as an encrypted bundle",
    fields: [planHash],
    mind: 'Nothing is interrupted and no older backup is removed.',
    examples: ['dr backup certificates --reason "renewed"'],
    plain: { id: 'backup.certificates', input },
  },
];

/** Whether a command takes no <name>. */
export const isNameless = ({ procedure }: ThingCommand): boolean =>
  ['fullSystemRecovery', 'monthlyRecoveryTest', 'quarterlyRecoveryTest', 'siteFailover', 'siteFailback'].includes(
    procedure,
  ) || bundleCommands.some((one) => one.procedure === procedure);

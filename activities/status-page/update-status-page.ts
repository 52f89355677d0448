import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drFailure } from '../../workflows/contracts/errors';
import { statusDocumentSchema, type StatusDocument, type StatusUpdate } from '../../workflows/contracts/status';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';
import { emptyDocument, objectionTo, withUpdate } from './document';
import { renderStatusPage } from './page';

export interface UpdateStatusPage {
  /** Directory of the plan that the gateway serves. */
  directory: string;
  /** Whose page it is. */
  name: string;
  /** Services of the plan, in their order. */
  components: string[];
  update: StatusUpdate;
}

export interface PostedStatus {
  title: string;
  /** It was there already. */
  repeated: boolean;
}

/** Updates of one page are taken one after the other, whichever run they come from: each reads what the one before wrote. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Puts an update on the status page: `status.json`, which is the truth, and `index.html`, which is made from it. Each file is
 * replaced as a whole. An update that is there already changes nothing, and the page is made again from the truth.
 * @throws DR-STATUS-PAGE: the update does not follow from what is there (never retried), or the directory cannot be used
 */
export async function updateStatusPage(args: UpdateStatusPage): Promise<PostedStatus> {
  return withHeartbeat('status page', async (_beat, signal) => {
    const folder = fromRoot(args.directory);
    const before = queues.get(folder) ?? Promise.resolve();
    const mine = before.then(() => {
      signal.throwIfAborted();
      return post(args, folder);
    });
    queues.set(
      folder,
      mine.catch(() => undefined),
    );
    return mine;
  });
}

async function post({ directory, name, components, update }: UpdateStatusPage, folder: string): Promise<PostedStatus> {
  const path = join(folder, 'status.json');
  const document = (await read(path, directory)) ?? emptyDocument(name, update.at);
  const objection = objectionTo(document, update);
  if (objection) throw drFailure('DR-STATUS-PAGE', objection);
  const next = withUpdate({ ...document, name }, update, components);
  const repeated = next.updatedAt === document.updatedAt && document.incidents === next.incidents;
  try {
    // The truth first: a page is made again from it, never the other way round.
    if (!repeated) await writeFileAtomically(path, `${JSON.stringify(next, undefined, 2)}\n`, 0o644);
    await writeFileAtomically(join(folder, 'index.html'), renderStatusPage(next), 0o644);
  } catch (error) {
    throw drFailure('DR-STATUS-PAGE', `${directory} cannot be written: ${codeOf(error)}`, {
      retry: true,
      next: 'Make the directory writable for the site worker and see that its disk has room.',
    });
  }
  const title = next.incidents.find((one) => one.incident === update.incident)?.title ?? update.incident;
  return { title, repeated };
}

async function read(path: string, directory: string): Promise<StatusDocument | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw drFailure('DR-STATUS-PAGE', `status.json in ${directory} cannot be read: ${codeOf(error)}`, { retry: true });
  }
  const parsed = statusDocumentSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw drFailure(
    'DR-STATUS-PAGE',
    `status.json in ${directory} is not what this program writes: ${issue?.path.join('.') || 'the whole file'}: ${issue?.message ?? 'not JSON'}`,
    { next: 'Mend the file, or move it away to begin a new page.' },
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { docker } from './docker';
import type { Pair, Server } from './pair';

const run = promisify(execFile);

export interface SmallDisk {
  /** Leaves not one byte. */
  fill(): Promise<void>;
  /** Makes room again. */
  free(): Promise<void>;
}

/**
 * Moves the data of a server to a file system of its own that is hardly larger: mounted over the directory of its volume, so
 * that neither server nor product can tell. When the test is over the data is back where it was.
 */
export async function smallDisk(pair: Pair, server: Server): Promise<SmallDisk> {
  const container = docker.getContainer(server.container);
  const info = await container.inspect();
  const mount = info.Mounts.find((one) => one.Destination === '/var/lib/postgresql/data');
  if (!mount?.Name) throw new Error(`${server.container} has no data volume`);
  const data = (await docker.getVolume(mount.Name).inspect()).Mountpoint;
  // Only root may mount: the tests of a user who is not need sudo, as the set-up does.
  const onMachine = async (script: string, ...values: string[]): Promise<string> => {
    const command = ['sh', '-ceu', script, 'sh', ...values];
    const [program = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
    return (await run(program, args)).stdout.trim();
  };
  const filler = `${data}/filler`;
  await container.stop();
  pair.afterwards(async () => {
    await container.stop().catch(() => undefined);
    // Back into the directory below: what was written meanwhile is part of the data.
    await onMachine(
      `mountpoint -q "$1" || exit 0
       rm -f "$1/filler"; keep="$1.keep"; rm -rf "$keep"; cp -a "$1" "$keep"; umount "$1"
       find "$1" -mindepth 1 -delete; cp -a "$keep/." "$1/"; rm -rf "$keep"`,
      data,
    );
    await container.start();
  });
  await onMachine(
    `used=$(du -sm "$1" | cut -f1); room=$((used + 200)); keep="$1.keep"
     cp -a "$1" "$keep"; mount -t tmpfs -o size="$room"m,mode=700 tmpfs "$1"; cp -a "$keep/." "$1/"
     chown --reference="$keep" "$1"; rm -rf "$keep"`,
    data,
  );
  await container.start();
  return {
    fill: async () => void (await onMachine(`dd if=/dev/zero of="$1" bs=64k 2>/dev/null || true; sync`, filler)),
    free: async () => void (await onMachine(`rm -f "$1"`, filler)),
  };
}

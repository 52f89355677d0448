import type { Site } from '../../plan';
import type { PathFacts } from '../../workflows/contracts/incident';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { listServices } from '../shared/project';

export interface ProbePaths {
  site: Site;
  /** Services whose containers can try, the first that runs does: their image has bash. */
  from: string[];
}

type Answer = PathFacts['paths'][number]['answer'];

/** How long it may take altogether, milliseconds. */
const allMs = 4_000;

// Only what the kernel called a refusal is one. Fixed text, data as arguments; bash opens TCP connections by itself.
const script = `for at in "$@"; do
  { host=\${at%%:*} port=\${at##*:}
  said=$(LC_ALL=C timeout 1.5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>&1)
  case "$? $said" in
    "0 "*) echo "$at connected";;
    "124 "* | *"No route to host"* | *"timed out"* | *"unreachable"*) echo "$at no answer";;
    *"Connection refused"*) echo "$at refused";;
    *"not known"* | *"name resolution"*) echo "$at no such host";;
    *) echo "$at unknown";;
  esac; } &
done
wait`;

/**
 * Tries whether one container reaches every other of the project by its name, at the port it serves, all at once. Nothing is
 * sent. A container that does not run is not tried: its silence says nothing about the network.
 */
export async function probePaths({ site, from }: ProbePaths): Promise<PathFacts> {
  return withHeartbeat('trying the paths between containers', async (_beat, signal) => {
    const containers = await listServices(site);
    const service = from.find((one) => containers.get(one)?.State === 'running');
    const self = service === undefined ? undefined : containers.get(service);
    if (service === undefined || !self) return { paths: [] };
    const targets = [...containers].flatMap(([name, { State, Ports }]) => {
      const port = Ports.find((one) => one.Type === 'tcp')?.PrivatePort;
      return State === 'running' && name !== service && port !== undefined ? [{ service: name, port }] : [];
    });
    const names = targets.map((one) => `${one.service}:${one.port}`);
    const result = await execIn(site, self.Id, ['bash', '-c', script, 'bash', ...names], {
      signal,
      timeoutMs: allMs,
    }).catch(() => undefined);
    signal.throwIfAborted();
    const said = new Map(
      (result?.stdout ?? '').split('\n').map((line): [string, string] => {
        const at = line.indexOf(' ');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
    const paths = targets.map((one) => ({
      ...one,
      answer: (said.get(`${one.service}:${one.port}`) ?? 'unknown') as Answer,
    }));
    return { from: service, paths };
  });
}

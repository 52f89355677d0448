import { ScriptCluster } from './script/cluster';
import { PatroniCluster } from './patroni/cluster';
import { buildPatroniImage } from './patroni/image';
import { measure } from './measure';
import { sweep } from './containers';
async function main() {
  const [what, kinds = 'kill', keep] = process.argv.slice(2);
  await buildPatroniImage();
  await sweep();
  try {
    const t = Date.now();
    const ports = { servers: [25441, 25442] as [number, number], pooler: 26441 };
    const c = what === 'script' ? await new ScriptCluster('drb-script', ports).setUp() : await new PatroniCluster('drb-patroni', what === 'p20' ? { ttl: 20, loop: 5 } : { ttl: 30, loop: 10 }, ports).setUp();
    console.log('up', Date.now() - t);
    for (const kind of kinds.split(',')) {
      const b = Date.now();
      console.log(Date.now()/1000, kind, await measure(c, kind as 'kill'), 'round took', Date.now() - b);
    }
  } finally { if (!keep) await sweep(); }
}
main().catch((e) => { console.error(e); process.exit(1); });

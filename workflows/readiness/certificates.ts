/** Certificates: the one that lies there, and the one that clients get. Pure. */
import type { Plan } from '../../plan';
import type { ReadinessFacts, ReadinessItem } from '../contracts/readiness';
import { duration, moment } from '../contracts/words';
import { area } from './items';

const certificates = area('Certificates');
const renew =
  'Renew it with your authority, put it and its key where the plan says, reload the gateway, then `./dr backup certificates`.';

/** What can be served, and what is. */
export function judgeCertificates(plan: Plan, { at, certificates: found, served }: ReadinessFacts): ReadinessItem[] {
  const now = Date.parse(at);
  const { publicName, service } = plan.gateway;
  const { certificateValidFor } = plan.readiness;
  const lies = (): ReadinessItem => {
    const name = `certificate of ${publicName}`;
    if (found.value === undefined) return certificates.unknown(name, found);
    const { good, problem } = found.value;
    if (!good) return certificates.failed(name, `none can be served: ${problem ?? 'no reason known'}`, renew);
    return judgeEnd(name, good.notAfter);
  };
  const judgeEnd = (name: string, notAfter: string): ReadinessItem => {
    const left = Date.parse(notAfter) - now;
    if (left <= 0) return certificates.failed(name, `it expired ${moment(notAfter)}`, renew);
    const says = `valid until ${moment(notAfter)}, for ${duration(left)}`;
    return left < certificateValidFor
      ? certificates.warning(name, `${says}; the plan wants ${duration(certificateValidFor)}`, renew)
      : certificates.ok(name, says);
  };
  const isServed = (): ReadinessItem => {
    const name = `certificate that ${service} serves`;
    if (served.value === undefined) return certificates.unknown(name, served);
    const { running, fingerprint, notAfter, says } = served.value;
    if (!running || fingerprint === undefined || notAfter === undefined)
      return certificates.failed(name, says, 'Look at the gateway: `./dr recover system` starts it.');
    const good = found.value?.good?.fingerprint;
    if (good !== undefined && good !== fingerprint && Date.parse(notAfter) > now)
      return certificates.warning(name, 'another one than the newest that lies there', 'Reload the gateway.');
    return judgeEnd(name, notAfter);
  };
  return [lies(), isServed()];
}

import { nearest } from '../nearest';
import { formatPath, valueAt, type FaultReport } from '../report';
import type { Path } from '../source';
import { entries, strings, textsOf } from './raw';

/** Every name that stands for something defined elsewhere in the plan must be defined there. */
export function checkReferences(data: unknown, faults: FaultReport): void {
  const names = (list: string, key = 'name'): string[] => textsOf(entries(data, list), key);
  const tiers = names('tiers');
  const sites = names('sites');
  const services = names('services');
  const databases = names('databases');
  const stores = names('stores');
  const anything = [...services, ...databases, ...stores];
  const check = (path: Path, kind: string, known: string[]): void => {
    const value = valueAt(data, path);
    if (typeof value === 'string' && !known.includes(value)) faults.add(path, reference(value, kind, known));
  };

  for (const list of ['services', 'databases', 'stores']) {
    for (const { path } of entries(data, list)) {
      check([...path, 'tier'], 'tier', tiers);
      check([...path, 'site'], 'site', sites);
    }
  }
  for (const { path } of entries(data, 'services')) {
    for (const item of strings(data, [...path, 'dependsOn'])) check(item.path, 'service, database or store', anything);
  }
  for (const { path } of entries(data, 'databases')) {
    for (const standby of entries(data, ...path, 'standbys')) check([...standby.path, 'site'], 'site', sites);
    for (const told of entries(data, ...path, 'addressedBy')) {
      for (const item of strings(data, [...told.path, 'services'])) check(item.path, 'service', services);
    }
  }
  for (const { path } of entries(data, 'sites')) {
    for (const item of entries(data, ...path, 'standIns')) {
      check([...item.path, 'replaces'], 'database or store', [...databases, ...stores]);
    }
  }
  check(['gateway', 'site'], 'site', sites);
  for (const item of strings(data, ['gateway', 'upstreams'])) check(item.path, 'service', services);
  for (const { path } of entries(data, 'backups', 'database')) check([...path, 'database'], 'database', databases);
  for (const { path } of entries(data, 'backups', 'redis')) check([...path, 'store'], 'store', stores);
  for (const { path } of entries(data, 'approvals')) {
    for (const item of strings(data, [...path, 'approvers'])) check(item.path, 'contact', names('contacts', 'role'));
  }
  const essential: Path = ['businessContinuity', 'reducedFunctionality', 'essentialServices'];
  for (const item of strings(data, essential)) check(item.path, 'service', services);
  check(['drills', 'service'], 'service', services);
  check(['drills', 'table', 'database'], 'database', databases);
  checkDrillProject(data, faults);
  // Only services of the plan: a database server, its volumes and its WAL are never among what is removed or limited.
  for (const list of ['disks', 'free', 'memory'])
    for (const { path } of entries(data, 'resources', list)) check([...path, 'service'], 'service', services);
  for (const { path } of entries(data, 'businessContinuity', 'manualProcesses')) {
    for (const item of strings(data, [...path, 'services'])) check(item.path, 'service', services);
  }
  for (const item of strings(data, ['incidents', 'automatic'])) check(item.path, 'scenario', names('scenarios'));
  checkPrimarySite(data, faults);
}

function reference(value: string, kind: string, known: string[]): string {
  const near = nearest(value, known);
  const list = known.length > 0 ? known.join(', ') : 'none is defined';
  return near
    ? `the name of a ${kind} of this plan; did you mean '${near}'`
    : `the name of a ${kind} of this plan (${list})`;
}

/** A drill on what serves would be the disaster. */
function checkDrillProject(data: unknown, faults: FaultReport): void {
  const project = valueAt(data, ['drills', 'project']);
  for (const { path, value } of entries(data, 'sites'))
    if (project !== undefined && valueAt(value, ['compose', 'project']) === project)
      faults.add(['drills', 'project'], `a Compose project that no site has; ${formatPath(path)} has it`);
}

/** Services without a site run on the primary site, so there must be one and only one. */
function checkPrimarySite(data: unknown, faults: FaultReport): void {
  const sites = entries(data, 'sites');
  const primaries = sites.filter(({ value }) => value['role'] === 'primary');
  if (sites.length > 0 && primaries.length === 0) faults.add(['sites'], "one site with the role 'primary'");
  for (const extra of primaries.slice(1))
    faults.add([...extra.path, 'role'], "'backup': another site is the primary one");
}

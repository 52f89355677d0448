/** Activities on what sends clients to a site: the record of the public name. */
export { switchTraffic, type SwitchTraffic } from './switch-traffic';
export { checkTraffic, type CheckTraffic } from './check-traffic';

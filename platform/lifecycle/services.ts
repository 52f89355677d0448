import { PORTS, type PortName } from './layout';

/** The fifteen services with the variable that holds their published port. */
export const SERVICES: { name: string; portName: PortName }[] = (Object.keys(PORTS) as PortName[])
  .filter((name) => name === 'API_GATEWAY_PORT' || name.endsWith('_SERVICE_PORT'))
  .map((portName) => ({
    name: portName
      .replace(/_PORT$/, '')
      .toLowerCase()
      .replaceAll('_', '-'),
    portName,
  }));

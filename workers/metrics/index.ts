/** The endpoint of a worker, if one is wanted. */
import type pino from 'pino';
import { metricsAddress } from './address';
import { serveMetrics, type Collector, type Endpoint } from './endpoint';
import { sdkText } from './sdk';
import { Source, type SourceOptions } from './source';

/**
 * Answers Prometheus where `DR_METRICS_ADDRESS` says: what the collectors tell, and behind it the metrics of the SDK.
 * @param sdk where the SDK answers; undefined: it does not
 * @returns undefined without the variable
 */
export function reportMetrics(
  log: pino.Logger,
  sdk: string | undefined,
  collectors: (onChange: SourceOptions['onChange']) => Collector[],
): Endpoint | undefined {
  const at = metricsAddress();
  if (!at) return undefined;
  const onChange: SourceOptions['onChange'] = ({ source, target }, why) => {
    if (why === undefined) log.info({ source, target }, 'the metrics of this source are told again');
    else log.warn({ source, target, why }, 'the metrics of this source are not told: it does not answer');
  };
  const about = { source: 'sdk', target: 'temporal', keepMs: 1_000, limitMs: 2_000, onChange };
  const temporal = sdk === undefined ? undefined : new Source(about, (signal) => sdkText(sdk, signal));
  return serveMetrics(at, {
    collectors: collectors(onChange),
    ...(temporal
      ? {
          others: async (sheet) => {
            let text = '';
            await temporal.report(sheet, (told) => (text = told));
            return text;
          },
        }
      : {}),
    log: (level, message) => log[level](message),
  });
}

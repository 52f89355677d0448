import { Runtime, type LogLevel, type LogMetadata, type Logger, type RuntimeOptions } from '@temporalio/worker';
import pino from 'pino';
import { redact } from '../activities/shared/redact';
import { fieldsOf } from './log-fields';
import { atFreePort } from './metrics/sdk';

const levels: Record<LogLevel, pino.Level> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Structured logs on standard error; names of fields that could carry a secret are censored as a second layer. */
function openLog(name: string): pino.Logger {
  return pino(
    {
      name,
      level: process.env['DR_LOG_LEVEL'] ?? 'info',
      redact: ['password', 'cipherPass', 'apiKey', '*.password', '*.cipherPass', '*.apiKey'],
    },
    pino.destination(2),
  );
}

/**
 * Installs the SDK's runtime with these logs.
 * @param wantsMetrics whether the SDK's metrics are wanted, too
 * @returns the log, and where the SDK answers Prometheus, on this machine only
 */
export async function installLogger(
  name: string,
  wantsMetrics: boolean,
): Promise<{ log: pino.Logger; sdk: string | undefined }> {
  const log = openLog(name);
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void =>
    log[levels[level]](fieldsOf(meta), redact(message));
  const logger: Logger = {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
  const install = (telemetryOptions: NonNullable<RuntimeOptions['telemetryOptions']>): void =>
    void Runtime.install({ logger, shutdownSignals: ['SIGTERM', 'SIGINT'], telemetryOptions });
  if (wantsMetrics)
    try {
      return { log, sdk: await atFreePort((bindAddress) => install({ metrics: { prometheus: { bindAddress } } })) };
    } catch (error) {
      // A machine without loopback, or without a port that is free: a worker that cannot be watched still recovers.
      log.warn({ why: (error as Error).message }, "the metrics of Temporal's SDK are not told: it cannot listen");
    }
  install({});
  return { log, sdk: undefined };
}

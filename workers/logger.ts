import { Runtime, type LogLevel, type LogMetadata, type Logger } from '@temporalio/worker';
import pino from 'pino';

const levels: Record<LogLevel, pino.Level> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * Structured logs on standard error; names of fields that could carry a secret are censored as a second layer. Metrics of the
 * SDK for Prometheus, where `DR_METRICS_ADDRESS` says so (`127.0.0.1:9464`; default: none).
 */
export function installLogger(name: string): pino.Logger {
  const log = pino(
    {
      name,
      level: process.env['DR_LOG_LEVEL'] ?? 'info',
      redact: ['password', 'cipherPass', 'apiKey', '*.password', '*.cipherPass', '*.apiKey'],
    },
    pino.destination(2),
  );
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void => log[levels[level]](meta ?? {}, message);
  const logger: Logger = {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
  const bindAddress = process.env['DR_METRICS_ADDRESS'];
  const telemetryOptions = bindAddress ? { metrics: { prometheus: { bindAddress } } } : {};
  Runtime.install({ logger, shutdownSignals: ['SIGTERM', 'SIGINT'], telemetryOptions });
  return log;
}

/**
 * Runs `work` with a signal that is aborted after a time, or when the run is cancelled. Not `AbortSignal.any` with
 * `AbortSignal.timeout`: under Node 20 the collector may take such a signal away before its time has come (Node issue 54614),
 * and who waited for it waits for ever.
 * @param ms milliseconds
 */
export async function withLimit<T>(
  signal: AbortSignal,
  ms: number,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancelled = (): void => controller.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', cancelled, { once: true });
  const timer = setTimeout(() => controller.abort(new DOMException('the time is over', 'TimeoutError')), ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancelled);
  }
}

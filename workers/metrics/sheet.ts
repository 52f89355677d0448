import { Counter, Gauge, Registry } from 'prom-client';
import { metrics, type LabelsOf, type MetricName } from './catalogue';

/**
 * What one scrape is answered with. A new one is filled each time, so nothing that was true once is told again: what no source
 * has put into it is not there.
 */
export class Sheet {
  private readonly registry = new Registry();
  private readonly made = new Map<MetricName, (labels: Record<string, string>, value: number) => void>();

  /** @param value what is no finite number is not told */
  put<N extends MetricName>(name: N, labels: LabelsOf<N>, value: number): void {
    if (Number.isFinite(value)) this.writer(name)(labels, value);
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private writer(name: MetricName): (labels: Record<string, string>, value: number) => void {
    const known = this.made.get(name);
    if (known) return known;
    const { kind, help, labels } = metrics[name];
    const configuration = { name, help, labelNames: [...labels] as string[], registers: [this.registry] };
    const metric = kind === 'counter' ? new Counter(configuration) : new Gauge(configuration);
    const write = (given: Record<string, string>, value: number): void =>
      // Counted elsewhere: a new counter is raised to what it stands at there.
      metric instanceof Counter ? metric.inc(given, value) : metric.set(given, value);
    this.made.set(name, write);
    return write;
  }
}

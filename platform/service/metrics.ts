/** Counters of one service in Prometheus' text format. */
export class Metrics {
  private readonly began = Date.now();
  private readonly requests = new Map<string, { count: number; seconds: number }>();
  private readonly gauges = new Map<string, { help: string; value: number }>();

  constructor(private readonly service: string) {}

  request(route: string, status: number, seconds: number): void {
    const key = `route="${route}",status="${status}"`;
    const entry = this.requests.get(key) ?? { count: 0, seconds: 0 };
    entry.count++;
    entry.seconds += seconds;
    this.requests.set(key, entry);
  }

  gauge(name: string, help: string, value: number): void {
    this.gauges.set(name, { help, value });
  }

  render(): string {
    const own = `service="${this.service}"`;
    const lines = [
      '# HELP process_uptime_seconds Time since the service started',
      '# TYPE process_uptime_seconds gauge',
      `process_uptime_seconds{${own}} ${((Date.now() - this.began) / 1000).toFixed(1)}`,
      '# HELP process_resident_memory_bytes Resident memory',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes{${own}} ${process.memoryUsage().rss}`,
      '# HELP http_requests_total Requests answered',
      '# TYPE http_requests_total counter',
      ...[...this.requests].map(([key, { count }]) => `http_requests_total{${own},${key}} ${count}`),
      '# HELP http_request_seconds_total Time spent on them',
      '# TYPE http_request_seconds_total counter',
      ...[...this.requests].map(
        ([key, { seconds }]) => `http_request_seconds_total{${own},${key}} ${seconds.toFixed(6)}`,
      ),
    ];
    for (const [name, { help, value }] of this.gauges)
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name}{${own}} ${value}`);
    return lines.join('\n') + '\n';
  }
}

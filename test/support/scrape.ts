/** An answer in the text format of Prometheus, as a test reads it. */
export class Scrape {
  private readonly samples: { name: string; labels: Record<string, string>; value: number }[] = [];

  constructor(readonly text: string) {
    for (const line of text.split('\n')) {
      const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === undefined) continue;
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
      this.samples.push({ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) });
    }
  }

  /** Asks an endpoint. @throws when it does not answer 200 */
  static async of(port: number): Promise<Scrape> {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) throw new Error(`port ${port} answered ${answer.status}: ${await answer.text()}`);
    return new Scrape(await answer.text());
  }

  /** The values of a metric whose labels are these, and maybe more. */
  all(name: string, labels: Record<string, string> = {}): number[] {
    return this.samples
      .filter((one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))
      .map((one) => one.value);
  }

  /** The only such value; undefined: there is none. @throws when there are several */
  value(name: string, labels: Record<string, string> = {}): number | undefined {
    const found = this.all(name, labels);
    if (found.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} has ${found.length} values`);
    return found[0];
  }

  /** Names of its metrics. */
  names(): string[] {
    return [...new Set(this.samples.map((one) => one.name))];
  }
}

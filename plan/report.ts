import { faultSentence, HIDDEN, MISSING, type PlanFault } from './faults';
import type { Path, PlanSource } from './source';

/** Keys whose value may be a secret. The names of files and keys in a reference to a secret are none. */
const SECRET_KEY = /pass(word|phrase|wd)?$|secret|token|webhook|credential|apikey|privatekey|cipherpass/i;

/** Says whether a key names something that must not stand in the plan, nor in a message about it. */
export function isSecretKey(key: string | number | undefined): boolean {
  return typeof key === 'string' && SECRET_KEY.test(key);
}

/** Text that is a secret whatever its key is called: credentials in an address, private keys, tokens of known shape. */
export function looksSecret(text: string): boolean {
  return (
    /:\/\/[^/\s:@]*:[^/\s@]+@/.test(text) ||
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ||
    /AGE-SECRET-KEY-/i.test(text) ||
    /hooks\.slack\.com\/services\//.test(text) ||
    /\b(xox[abpr]-|ghp_|AKIA[0-9A-Z]{12})/.test(text)
  );
}

/** Follows a path through plain data. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (isRecord(value) || Array.isArray(value) ? get(value, step) : undefined),
    data,
  );
}

/** Says whether a value is a mapping of keys to values. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function get(value: object, step: string | number): unknown {
  return Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
}

/** Writes a path as people read it: `services[6].health.path`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

/** Collects the faults of one plan and gives each its value, its line and the name of the list entry it lies in. */
export class FaultReport {
  private readonly found: PlanFault[] = [];
  private readonly data: unknown;

  constructor(
    private readonly source: string,
    private readonly document: PlanSource,
  ) {
    this.data = document.data;
  }

  /** Records that the value at `path` is not what was expected. The same fault is recorded once. */
  add(path: Path, expected: string): void {
    this.record(path, expected, this.document.lineOf(path));
  }

  /** Records a fault of the document at a known line. */
  addAtLine(line: number, value: string, expected: string): void {
    this.push({ path: '', value, expected, line });
  }

  /** All faults in the order of the file. */
  faults(): PlanFault[] {
    return [...this.found].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  private record(path: Path, expected: string, line: number | undefined): void {
    const entry = this.entryOf(path);
    this.push({
      path: formatPath(path),
      value: this.show(path),
      expected,
      ...(line === undefined ? {} : { line }),
      ...(entry === undefined ? {} : { entry }),
    });
  }

  private push(fault: Omit<PlanFault, 'sentence'>): void {
    const sentence = faultSentence(fault, this.source);
    if (!this.found.some((other) => other.sentence === sentence)) this.found.push({ ...fault, sentence });
  }

  private show(path: Path): string {
    const value = valueAt(this.data, path);
    if (value === undefined) return MISSING;
    const text = JSON.stringify(value) ?? String(value);
    const secret = path.some(isSecretKey) || looksSecret(text) || containsSecretKey(value);
    if (secret) return HIDDEN;
    return text.length > 120 ? `${text.slice(0, 117)}...` : text;
  }

  /** The name of the innermost list entry on the path, unless the path ends at that name itself. */
  private entryOf(path: Path): string | undefined {
    for (let end = path.length; end > 0; end--) {
      if (typeof path[end - 1] !== 'number') continue;
      const item = valueAt(this.data, path.slice(0, end));
      if (!isRecord(item)) continue;
      const label = item['name'] ?? item['role'] ?? item['gate'] ?? item['phase'] ?? item['service'];
      if (typeof label === 'string') return label;
    }
    return undefined;
  }
}

function containsSecretKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsSecretKey);
  if (!isRecord(value)) return false;
  return Object.entries(value).some(([key, item]) => isSecretKey(key) || containsSecretKey(item));
}

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';

/** Steps from the root of the document to a value. */
export type Path = (string | number)[];

/** A fault of the YAML itself: syntax, or a key that stands twice. */
export interface SourceFault {
  line: number;
  reason: string;
  /** true: the rest of the document cannot be trusted. */
  fatal: boolean;
}

/** A YAML document together with the lines its values stand on. */
export class PlanSource {
  readonly faults: SourceFault[];
  /** The plain value of the document; of a key that stands twice, the last one. */
  readonly data: unknown;
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;

  constructor(text: string) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    this.faults = this.document.errors.map((error) => ({
      line: this.lines.linePos(error.pos[0]).line,
      reason: error.message.split('\n')[0] ?? error.code,
      fatal: error.code !== 'DUPLICATE_KEY',
    }));
    try {
      const data: unknown = this.document.toJS();
      // An alias inside its own anchor makes a value without end; nothing after this point could walk it.
      JSON.stringify(data);
      this.data = data;
    } catch (error) {
      const reason = error instanceof ReferenceError ? error.message : 'an alias stands inside its own anchor';
      this.faults.push({ line: 1, reason, fatal: true });
    }
  }

  /**
   * The line of the value at `path`: that of its key where it has one. A missing value is reported on the line of the
   * nearest parent that exists.
   */
  lineOf(path: Path): number | undefined {
    let node: unknown = this.document.contents;
    let line = this.lineOfNode(node);
    for (const step of path) {
      const resolved: unknown = isAlias(node) ? node.resolve(this.document) : node;
      const found: Found | undefined = child(resolved, step);
      if (!found) break;
      node = found.value;
      line = this.lineOfNode(found.place) ?? line;
    }
    return line;
  }

  private lineOfNode(node: unknown): number | undefined {
    const range = (node as Node | null)?.range;
    return range ? this.lines.linePos(range[0]).line : undefined;
  }
}

interface Found {
  value: unknown;
  place: unknown;
}

function child(node: unknown, step: string | number): Found | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { value: item, place: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === String(step));
  return pair && { value: pair.value, place: pair.key };
}

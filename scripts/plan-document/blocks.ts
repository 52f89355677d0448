/** What the plan document is made of, whatever it is written as. */
import type { Proof } from '../../workflows/contracts/proof';

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'list'; title?: string; items: string[] }
  | { kind: 'table'; title?: string; columns: string[]; rows: string[][] }
  | { kind: 'proofs'; proofs: Proof[] };

export interface DocumentSection {
  /** For links within the document. */
  id: string;
  title: string;
  blocks: Block[];
}

export interface PlanDocument {
  title: string;
  /** One sentence that stands alone. */
  lead: string;
  /** Label and value: version, hash, who approved it. */
  about: [label: string, value: string][];
  sections: DocumentSection[];
}

export const text = (words: string): Block => ({ kind: 'text', text: words });
export const list = (items: string[], title?: string): Block => ({
  kind: 'list',
  items,
  ...(title === undefined ? {} : { title }),
});
export const table = (columns: string[], rows: string[][], title?: string): Block => ({
  kind: 'table',
  columns,
  rows,
  ...(title === undefined ? {} : { title }),
});

/** A section of what says anything; undefined: nothing does. */
export function section(id: string, title: string, blocks: Block[], proofs: Block[] = []): DocumentSection | undefined {
  const all = [...blocks, ...proofs].filter(says);
  return all.length > 0 ? { id, title, blocks: all } : undefined;
}

/** Whether a block says anything. */
function says(block: Block): boolean {
  switch (block.kind) {
    case 'text':
      return block.text !== '';
    case 'list':
      return block.items.length > 0;
    case 'table':
      return block.rows.length > 0;
    case 'proofs':
      return block.proofs.length > 0;
  }
}

/** The label by which a rendered document tells the next one which plan it was made of. */
export const hashLabel = 'Hash of the plan';

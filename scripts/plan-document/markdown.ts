import type { Proof } from '../../workflows/contracts/proof';
import { moment } from '../../workflows/contracts/words';
import type { Block, PlanDocument } from './blocks';
import { stateWords } from './words';

/** The document as Markdown. Text of the plan is data: what Markdown would take for a mark is escaped. */
export function toMarkdown({ title, lead, about, sections }: PlanDocument): string {
  const parts = [
    `# ${escaped(title)}`,
    escaped(lead),
    about.map(([label, value]) => `- **${label}**: ${escaped(value)}`).join('\n'),
    ...sections.flatMap((section) => [`## ${escaped(section.title)}`, ...section.blocks.map(block)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'text':
      return escaped(one.text);
    case 'list':
      return titled(one.title, one.items.map((item) => `- ${escaped(item)}`).join('\n'));
    case 'table':
      return titled(one.title, table(one.columns, one.rows));
    case 'proofs':
      return titled('What is proven', table(['claim', 'state', 'when', 'run', 'because'], one.proofs.map(row)));
  }
}

const titled = (title: string | undefined, text: string): string =>
  title === undefined ? text : `**${escaped(title)}**\n\n${text}`;

const row = ({ says, state, run, because, prove }: Proof): string[] => [
  says,
  stateWords[state].words,
  run ? moment(run.endedAt) : '',
  run ? `${run.workflowId} ${run.runId}` : '',
  state === 'verified' ? because : `${because}. Proven by: ${prove}`,
];

function table(columns: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => escaped(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), `| ${columns.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** On one line, and nothing of it a mark: a title of the plan may hold anything. A command between backticks stays one. */
const escaped = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\*_[\]<>#]/g, '\\$&')))
    .join('');

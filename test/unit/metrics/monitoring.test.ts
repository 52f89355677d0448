/** What is in `monitoring/` speaks of metrics that exist, with labels they have, and is of the form that Prometheus and Grafana take. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkout } from '../../../scripts/set-up/paths';
import { metrics, scrapeMetric, sdkMetrics } from '../../../workers/metrics/catalogue';

const read = (...path: string[]): string => readFileSync(join(checkout, ...path), 'utf8');
const span = z.string().regex(/^\d+(ms|s|m|h|d|w|y)$/);
/** Rule files of Prometheus ("Alerting rules"); strict, because an unknown key is a rule file that is not loaded. */
const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: span.optional(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Dr[A-Za-z]+$/),
          expr: z.string(),
          for: span.optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string(), action: z.string() }),
        }),
      ),
    }),
  ),
});
const { groups } = rulesSchema.parse(parse(read('monitoring', 'alerts.yml')));
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: { expr: string; refId: string }[];
}
const dashboard = JSON.parse(read('monitoring', 'dashboard.json')) as { uid: string; panels: Panel[] };
const queries = dashboard.panels.flatMap((one) => (one.targets ?? []).map(({ expr }) => expr));

const words = new Set([
  'and',
  'or',
  'unless',
  'by',
  'on',
  'without',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'offset',
]);
/** Names of metrics in an expression, each with the labels it is selected by. */
function selectors(expr: string): { name: string; labels: string[] }[] {
  const bare = expr.replace(/\b(?:by|on|without|ignoring|group_left)\s*\([^)]*\)/g, ' ').replace(/\[[^\]]*\]/g, ' ');
  return [...bare.matchAll(/"[^"]*"|([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?/g)].flatMap(([, name, more = '']) =>
    name === undefined || more === '(' || words.has(name)
      ? []
      : [{ name, labels: [...more.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label ?? '') }],
  );
}

const known = new Set<string>([...Object.keys(metrics), ...sdkMetrics, scrapeMetric]);

describe('alerts and dashboard', () => {
  it('read metrics that exist, by labels that they have', () => {
    const all = [...rules.map((one) => one.expr), ...queries].flatMap(selectors);
    assert.ok(all.length > 50, 'expressions are understood');
    for (const { name, labels } of all) {
      assert.ok(known.has(name), `${name} is in the catalogue`);
      const has = (metrics as Record<string, { labels: readonly string[] }>)[name]?.labels;
      if (has) for (const label of labels) assert.ok(has.includes(label), `${name} has a label ${label}`);
    }
  });

  it('use every metric that the catalogue names', () => {
    const used = new Set([...rules.map((one) => one.expr), ...queries].flatMap(selectors).map((one) => one.name));
    const unused = [...known].filter((name) => !used.has(name));
    // For whoever asks by hand.
    assert.deepEqual(unused, [
      'dr_recovery_last_verified_timestamp_seconds',
      'dr_test_last_ended_timestamp_seconds',
      'temporal_worker_task_slots_available',
    ]);
  });

  it('name every label that a sentence quotes', () => {
    for (const { alert, expr, annotations } of rules) {
      const quoted = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? '');
      // An aggregation keeps the labels it is by; else those of the metric stay, and where it was scraped.
      const kept = /^\s*(?:sum|max|min|count) by \(([^)]*)\)/.exec(expr)?.[1]?.split(/,\s*/);
      for (const label of quoted)
        assert.ok((kept ?? [...labelsOf(expr), 'instance']).includes(label), `${alert} knows ${label}`);
    }
  });

  it('have unique names, and panels that do not lie over each other', () => {
    assert.equal(new Set(rules.map((one) => one.alert)).size, rules.length);
    assert.equal(new Set(dashboard.panels.map((one) => one.id)).size, dashboard.panels.length);
    const cells = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.ok(!cells.has(`${x},${y}`), `${title} lies over another panel`);
          cells.add(`${x},${y}`);
        }
    }
  });

  it('are all in the docs, and the docs name nothing else', () => {
    const docs = read('docs', 'metrics.md');
    for (const name of [...Object.keys(metrics), ...rules.map((one) => one.alert)])
      assert.ok(docs.includes(`\`${name}\``), `docs/metrics.md explains ${name}`);
    for (const [, name] of docs.matchAll(/`((?:dr_|temporal_)\w+|Dr[A-Z]\w+)`/g))
      assert.ok(known.has(name ?? '') || rules.some((one) => one.alert === name), `${name} of docs/metrics.md exists`);
  });

  it('the example loads the rules and knows the jobs that alerts ask for', () => {
    const example = parse(read('monitoring', 'prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: { job_name: string }[];
    };
    assert.deepEqual(example.rule_files, ['alerts.yml']);
    assert.deepEqual(
      example.scrape_configs.map((one) => one.job_name),
      ['dr-control', 'dr-site'],
    );
  });
});

/** Labels of every metric of an expression. */
const labelsOf = (expr: string): string[] =>
  selectors(expr).flatMap(({ name }) => (metrics as Record<string, { labels: readonly string[] }>)[name]?.labels ?? []);

describe('names of metrics', () => {
  it('are as Prometheus wants them: base units, _total for counters alone, a sentence of help', () => {
    for (const [name, { kind, help, labels }] of Object.entries(metrics)) {
      assert.match(name, /^dr_[a-z][a-z_]*[a-z]$/);
      assert.equal(name.endsWith('_total'), kind === 'counter', name);
      assert.doesNotMatch(name, /_(ms|milliseconds|minutes|hours|days|kb|mb)$/);
      assert.match(help, /^[A-Z].*\.$/s, name);
      for (const label of labels)
        assert.doesNotMatch(label, /id$|^run$|workflow|incident/, `${name} has no label without end`);
    }
  });
});

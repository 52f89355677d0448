/** Variables of an env file. The values may be secrets: they are used to fill in a Compose file and are never shown. */
export type Variables = Record<string, string>;

/** Reads KEY=value lines as Docker Compose does: comments and empty lines are passed over, quotes are removed. */
export function parseEnvFile(text: string): Variables {
  const variables: Variables = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match) continue;
    const [, key = '', value = ''] = match;
    const quoted = /^(['"])(.*)\1$/.exec(value);
    variables[key] = quoted ? (quoted[2] ?? '') : value.replace(/\s+#.*$/, '');
  }
  return variables;
}

/**
 * Fills variables into a text as Docker Compose does: `$A`, `${A}`, `${A:-default}`, `${A-default}`, `${A:?message}`,
 * `${A:+alternative}`, `$$`. A variable that is not set is empty.
 */
export function interpolate(text: string, variables: Variables): string {
  const pattern = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}]|\$\{[^{}]*\})*))?\})/g;
  return text.replace(pattern, (_whole, dollar, plain, braced, operator = '', rest = '') => {
    if (dollar) return '$';
    const value = variables[(plain ?? braced) as string];
    const given = (operator as string).startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
    if ((operator as string).endsWith('+')) return given ? interpolate(rest as string, variables) : '';
    if (given) return value ?? '';
    return (operator as string).endsWith('-') ? interpolate(rest as string, variables) : '';
  });
}

/** Fills variables into every text of plain data. */
export function interpolateAll(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolateAll(item, variables));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolateAll(item, variables)]));
}

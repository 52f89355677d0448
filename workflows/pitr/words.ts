/** Numbers as a person reads them; used by cards, outcomes and facts. */

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let rest = value;
  let unit = 0;
  while (Math.abs(rest) >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? rest : rest.toFixed(rest < 10 ? 2 : 1)} ${units[unit]}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes >= 2 * 1440) return `${Math.floor(minutes / 1440)} days`;
  return minutes < 120
    ? `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const count = (value: number): string => value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

/** A number that may be unknown; says so instead of showing a zero. */
export const known = <T>(value: T | null | undefined, show: (value: T) => string): string =>
  value === null || value === undefined ? 'not known' : show(value);

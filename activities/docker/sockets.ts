/** The kernel's tables of sockets (`/proc/net/tcp`, proc(5)) in words. Pure. */

const states: Record<string, string> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
};

/** One line per socket: `172.18.0.5:43210 -> 172.18.0.2:6432 ESTABLISHED`; lines that are none are passed over. */
export function socketsOf(table: string): string[] {
  return table.split('\n').flatMap((line) => {
    const found = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) /.exec(line);
    if (!found) return [];
    const [, from = '', fromPort = '', to = '', toPort = '', state = ''] = found;
    const port = (hex: string): number => parseInt(hex, 16);
    return [`${addressOf(from)}:${port(fromPort)} -> ${addressOf(to)}:${port(toPort)} ${states[state] ?? state}`];
  });
}

/** Words of 32 bits in the byte order of the machine, which is little-endian wherever Docker runs. */
function addressOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => parseInt(byte, 16)).join('.');
  const text = bytes.join('').toLowerCase();
  // An IPv4 address in the table of IPv6 sockets (RFC 4291, 2.5.5.2).
  if (text.startsWith('00000000000000000000ffff'))
    return bytes
      .slice(12)
      .map((byte) => parseInt(byte, 16))
      .join('.');
  return `[${(text.match(/.{4}/g) ?? []).map((part) => part.replace(/^0{1,3}/, '')).join(':')}]`;
}

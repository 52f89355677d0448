import assert from 'node:assert/strict';
import { socketsOf } from '../../../activities/docker/sockets';

// As Linux prints them on a little-endian machine: proc(5), /proc/net/tcp and tcp6.
const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F48 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1500        0 123 1 0000000000000000 100 0 0 10 0
   1: 050012AC:A8CA 020012AC:1920 01 00000000:00000000 00:00000000 00000000  1500        0 124 1 0000000000000000 20 4 30 10 -1
  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000000000000:1F48 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   1: 0000000000000000FFFF0000050012AC:1F48 0000000000000000FFFF0000010012AC:C350 01 00000000:00000000 00:00000000
   2: B80D0120000000000000000001000000:01BB 00000000000000000000000000000000:0000 ZZ nonsense
`;

describe('the sockets of a container', () => {
  it('are told by address, port and state; lines that are none are passed over', () =>
    assert.deepEqual(socketsOf(tcp), [
      '0.0.0.0:8008 -> 0.0.0.0:0 LISTEN',
      '172.18.0.5:43210 -> 172.18.0.2:6432 ESTABLISHED',
      '[0:0:0:0:0:0:0:0]:8008 -> [0:0:0:0:0:0:0:0]:0 LISTEN',
      '172.18.0.5:8008 -> 172.18.0.1:50000 ESTABLISHED',
    ]));
});

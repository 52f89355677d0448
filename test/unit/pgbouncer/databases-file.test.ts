import assert from 'node:assert/strict';
import { withHost } from '../../../activities/shared/databases-file';

describe('the databases file of the pooler', () => {
  const file =
    '; which server\n[databases]\napp = host=postgres port=5432 dbname=app\napp_ro = host=standby port=5432\n';

  it('gets another host for one database', () => {
    assert.equal(
      withHost(file, 'app', 'postgres-standby'),
      '; which server\n[databases]\napp = host=postgres-standby port=5432 dbname=app\napp_ro = host=standby port=5432\n',
    );
  });

  it('stays as it is when the host is the same', () => assert.equal(withHost(file, 'app', 'postgres'), file));

  it('may have a host in quotes, a name in quotes, or no host at all', () => {
    assert.equal(withHost(`"app" = port=1 host='a b'`, 'app', 'new'), '"app" = port=1 host=new');
    assert.equal(withHost('app = dbname=x', 'app', 'new'), 'app = host=new dbname=x');
  });

  it('leaves comments and hostaddr-like keys alone', () => {
    assert.equal(
      withHost(';app = host=a\napp = xhost=b host=c', 'app', 'new'),
      ';app = host=a\napp = xhost=b host=new',
    );
  });

  it('without the database is refused', () => {
    assert.throws(() => withHost(file, 'other', 'new'), /no line for other/);
  });
});

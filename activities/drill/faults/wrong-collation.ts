import { escapeIdentifier, escapeLiteral } from 'pg';
import { drFailure } from '../../../workflows/contracts/errors';
import { databaseContainer } from '../../shared/database-container';
import { psql } from '../../shared/psql';
import type { Fault } from './fault';

/** A version that no library has. */
const planted = 'dr-planted';

/** The copy's database says that another C or ICU library wrote it (PostgreSQL manual 24.2.2): its text indexes may be wrong. */
export const wrongCollation: Fault = {
  async plant(at, signal) {
    const { Id } = await databaseContainer(at);
    const name = at.database.database;
    // Only where a version is recorded: of the C locale PostgreSQL keeps none, and nothing could be found.
    const update = `UPDATE pg_database SET datcollversion = ${escapeLiteral(planted)}
      WHERE datname = ${escapeLiteral(name)} AND datcollversion IS NOT NULL`;
    const found = `SELECT datcollversion FROM pg_database WHERE datname = ${escapeLiteral(name)}`;
    await psql(at.site, Id, update, { signal });
    if ((await psql(at.site, Id, found, { signal })) !== planted)
      throw drFailure('DR-DRILL', `PostgreSQL records no collation version of database ${name}, so none can be wrong`);
    return { says: `collation version of database ${name} set to ${planted}`, names: planted };
  },
  async lift(at, signal) {
    const { Id } = await databaseContainer(at);
    const name = escapeIdentifier(at.database.database);
    await psql(at.site, Id, `ALTER DATABASE ${name} REFRESH COLLATION VERSION`, { signal });
  },
};

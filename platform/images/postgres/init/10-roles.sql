-- Roles and database. Passwords come from the environment, so they are in no file and in no process list.
\getenv app_password PG_PASSWORD
\getenv replication_password REPLICATION_PASSWORD
CREATE ROLE theshandi_user LOGIN PASSWORD :'app_password';
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication_password';
GRANT pg_monitor TO replicator;
-- pg_rewind's needs on the source (PostgreSQL manual, pg_rewind, "Notes").
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean), pg_read_binary_file(text),
  pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;
CREATE DATABASE :"db" OWNER theshandi_user;
CREATE EXTENSION amcheck;
CREATE EXTENSION pg_walinspect;
\connect :"db"
CREATE EXTENSION amcheck;
CREATE EXTENSION pageinspect;
CREATE EXTENSION pg_walinspect;
ALTER SCHEMA public OWNER TO theshandi_user;
-- The physical slot of the standby exists from the first moment, so no WAL it needs can be recycled before it connects.
SELECT pg_create_physical_replication_slot('postgres_standby', true) \g /dev/null

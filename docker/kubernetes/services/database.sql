-- Run once, by the image, in an empty cluster. Two roles: one owns the tables and migrates them, one works with the rows.
-- The second is neither owner nor superuser, so that row-level security holds for it.
\set ON_ERROR_STOP on
\set owner_password `cat "$SECRETS/DATABASE_OWNER_PASSWORD"`
\set app_password `cat "$SECRETS/DATABASE_APP_PASSWORD"`
CREATE ROLE ayni_owner LOGIN PASSWORD :'owner_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
CREATE ROLE ayni_app LOGIN NOINHERIT PASSWORD :'app_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
CREATE DATABASE ayni OWNER ayni_owner;
REVOKE ALL ON DATABASE ayni FROM PUBLIC;
GRANT CONNECT ON DATABASE ayni TO ayni_app;
\connect ayni
CREATE EXTENSION vector;

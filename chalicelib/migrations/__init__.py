"""Data migrations, in the order in which they are run. A number is never used twice, and never changed."""

from chalicelib.migrations import m0001_contacts, m0002_usage, m0003_master_key
from chalicelib.migrations.migration import Migration

MIGRATIONS: tuple[Migration, ...] = (m0001_contacts.MIGRATION, m0002_usage.MIGRATION, m0003_master_key.MIGRATION)

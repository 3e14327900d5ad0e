"""The migrations form one line, whatever order they were written in."""

from alembic.script import ScriptDirectory

from db.migrate import alembic_config


def test_each_migration_follows_one_other() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())

    assert len(scripts.get_heads()) == 1
    assert [script.down_revision for script in scripts.walk_revisions()].count(None) == 1

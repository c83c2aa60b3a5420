"""What each later start repairs: the schema, the index, the first administrator."""

from __future__ import annotations

import stat

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk

from ckanext.govshare.stack import first_administrator, upgrade

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def found() -> set[str]:
    answer = search.query_for(model.Package).run({"q": "*:*", "fl": "name", "rows": 1000})
    return set(answer["results"])


def make(name: str) -> model.Package:
    """A dataset that went past the index, as after a crash between commit and indexing."""
    package = model.Package(name=name, title=name, type="dataset", state="active", private=False)
    model.Session.add(package)
    model.Session.commit()
    return package


def test_a_dataset_that_the_index_lacks_is_indexed(app):
    """And the count says how many were repaired; the next run finds nothing to do."""
    make("unindexed")
    with app.flask_app.test_request_context():
        assert found() == set()
        assert upgrade.repair_index() == 1
        assert found() == {"unindexed"}
        assert upgrade.repair_index() == 0


def test_a_dataset_that_is_gone_leaves_the_index(app):
    """A row deleted without the index knowing is not found any more."""
    package = make("gone")
    with app.flask_app.test_request_context():
        upgrade.repair_index()
        model.Session.execute(sa.delete(model.Package).where(model.Package.id == package.id))
        model.Session.commit()
        assert upgrade.repair_index() == 1
        assert found() == set()


def test_there_is_one_first_administrator(tmp_path):
    """Made once, with a password in a file for its owner only, and never again."""
    note = tmp_path / "note"
    assert first_administrator.make(note)
    name, password = note.read_text().split()
    user = model.User.get(name)
    assert user
    assert user.sysadmin
    assert user.validate_password(password)
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert not first_administrator.make(note)
    assert note.read_text().split() == [name, password]


def test_the_datastore_reader_reads_and_does_not_write():
    """The rights that the upgrade grants: select on the tables, nothing more."""
    engine = sa.create_engine(tk.config["ckan.datastore.read_url"])
    with engine.connect() as connection:
        connection.execute(sa.text('select count(*) from "_table_metadata"'))
        connection.rollback()
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            connection.execute(sa.text("create table mine (a int)"))
    engine.dispose()

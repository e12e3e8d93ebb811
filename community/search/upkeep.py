"""Making the indexes of words, and the triggers that keep them true.

Looked after behind every `migrate`: a migration that builds a table of SQLite anew loses its
triggers, and then the index is made again. Nothing but a trigger sees every way in which words
come, change and go: bulk moves, erasures and imports included.
"""

from dataclasses import dataclass

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Grows with every change to what stands below, so that the next `migrate` makes it all anew.
VERSION = 2


@dataclass(frozen=True)
class Source:
    """A table whose words can be found: which rows, which words, which columns decide it."""

    index: str
    table: str
    shown: str
    words: str
    columns: str

    def trigger(self, version: int = VERSION) -> str:
        """What its triggers are called, or were in an earlier version."""
        return f"{self.index}_{version}"


SOURCES = [
    Source(
        "community_comment_words",
        "community_comment",
        "{row}.status = 'published'",
        # No tag is in a comment, but PostgreSQL would pass over whatever looks like one.
        "replace({row}.body, '<', ' ')",
        "body, status, site_id",
    ),
    Source(
        "community_article_words",
        "community_article",
        "{row}.is_published",
        "{row}.title || ' ' || {row}.summary || ' ' || {row}.text",
        "title, summary, text, is_published, site_id",
    ),
    Source(
        "community_topic_words",
        "community_thread",
        "({row}.listed AND {row}.board_id IS NOT NULL)",
        "{row}.title",
        "title, listed, board_id, site_id",
    ),
]

# “Delete” is how one takes words out of an index that keeps no text: with the very same words.
SQLITE = [
    "DROP TABLE IF EXISTS {index}",
    "CREATE VIRTUAL TABLE {index} USING fts5"
    "(site, words, content='', tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO {index} (rowid, site, words)"
    " SELECT row.id, 's' || row.site_id, {words_row} FROM {table} AS row WHERE {shown_row}",
    "CREATE TRIGGER {trigger}_come AFTER INSERT ON {table} WHEN {shown_new} BEGIN"
    " INSERT INTO {index} (rowid, site, words)"
    " VALUES (new.id, 's' || new.site_id, {words_new}); END",
    "CREATE TRIGGER {trigger}_change AFTER UPDATE OF {columns} ON {table}"
    " WHEN {shown_old} OR {shown_new} BEGIN"
    " INSERT INTO {index} ({index}, rowid, site, words)"
    " SELECT 'delete', old.id, 's' || old.site_id, {words_old} WHERE {shown_old};"
    " INSERT INTO {index} (rowid, site, words)"
    " SELECT new.id, 's' || new.site_id, {words_new} WHERE {shown_new}; END",
    "CREATE TRIGGER {trigger} AFTER DELETE ON {table} WHEN {shown_old} BEGIN"
    " INSERT INTO {index} ({index}, rowid, site, words)"
    " VALUES ('delete', old.id, 's' || old.site_id, {words_old}); END",
]

# The words of one language have one stem; where PostgreSQL does not know a language: as written.
LANGUAGES = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
_STEMS = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in LANGUAGES.items())
CONFIGURATION = (
    "CREATE OR REPLACE FUNCTION community_search_language(wanted bigint) RETURNS regconfig"  # noqa: S608
    " LANGUAGE sql STABLE AS $$ SELECT (CASE split_part(language, '-', 1)"
    f" {_STEMS} ELSE 'simple' END)::regconfig FROM community_site WHERE id = wanted $$"
)
# Beside the comments, not in them: every vote writes a comment's row and all its indexes anew.
POSTGRESQL = [
    "DROP TABLE IF EXISTS {index}",
    "CREATE TABLE {index}"
    " (rowid bigint PRIMARY KEY, site bigint NOT NULL, words tsvector NOT NULL)",
    "INSERT INTO {index} SELECT source.id, source.site_id,"
    " to_tsvector(community_search_language(source.site_id), {words_source})"
    " FROM {table} AS source WHERE {shown_source}",
    "CREATE INDEX {index}_search ON {index} USING gin (words)",
    "CREATE INDEX {index}_newest ON {index} (site, rowid)",
    "CREATE OR REPLACE FUNCTION {index}_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'TRUNCATE' THEN DELETE FROM {index}; RETURN NULL; END IF;"
    " IF TG_OP <> 'INSERT' THEN"
    "  IF {shown_old} THEN DELETE FROM {index} WHERE rowid = old.id; END IF; END IF;"
    " IF TG_OP <> 'DELETE' THEN"
    "  IF {shown_new} THEN INSERT INTO {index} VALUES (new.id, new.site_id,"
    "   to_tsvector(community_search_language(new.site_id), {words_new})); END IF; END IF;"
    " RETURN NULL; END $$",
    "CREATE TRIGGER {trigger} AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION {index}_follow()",
    "CREATE TRIGGER {trigger}_emptied AFTER TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION {index}_follow()",
]


def ensure(using: str = "default", **_signal: object) -> None:
    """Make every index whose triggers are missing."""
    connection = connections[using]
    for source in SOURCES:
        if not is_kept(connection, source):
            make(connection, source)


def is_kept(connection: BaseDatabaseWrapper, source: Source) -> bool:
    """Whether the triggers of this version are in place."""
    catalogue = {"sqlite": "sqlite_master", "postgresql": "pg_trigger"}[connection.vendor]
    name = "name" if connection.vendor == "sqlite" else "tgname"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {catalogue} WHERE {name} = %s", [source.trigger()])  # noqa: S608
        return cursor.fetchone() is not None


def make(connection: BaseDatabaseWrapper, source: Source) -> None:
    """Make an index from what there is, with the triggers that keep it true from then on."""
    is_sqlite = connection.vendor == "sqlite"
    statements = SQLITE if is_sqlite else [CONFIGURATION, *POSTGRESQL]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in [*removals(source, is_sqlite), *statements]:
            cursor.execute(filled(statement, source))


def removals(source: Source, is_sqlite: bool) -> list[str]:
    """The statements that take away the triggers of this version and of those before it."""
    names = [
        f"{source.trigger(version)}{end}"
        for version in range(1, VERSION + 1)
        for end in ("", "_come", "_change", "_emptied")
    ]
    on = "" if is_sqlite else f" ON {source.table}"
    return [f"DROP TRIGGER IF EXISTS {name}{on}" for name in names]


def rebuild(using: str = "default") -> None:
    """Make all indexes anew."""
    for source in SOURCES:
        make(connections[using], source)


def filled(statement: str, source: Source) -> str:
    """A statement about one source."""
    names = {"index": source.index, "table": source.table, "columns": source.columns}
    for row in ("old", "new", "row", "source"):
        names[f"shown_{row}"] = source.shown.format(row=row)
        names[f"words_{row}"] = source.words.format(row=row)
    return statement.format(trigger=source.trigger(), **names)

"""The first schema: a county of units, households, workers, bodies, cases and their events, with its history.

Frozen: what stands here is what files of version 0001 hold, whatever the program's tables are today.
"""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE units (
        id INTEGER NOT NULL,
        geom MULTIPOLYGON,
        level INTEGER DEFAULT 0,
        kind TEXT DEFAULT '',
        code TEXT DEFAULT '',
        name TEXT DEFAULT '',
        pinyin TEXT DEFAULT '',
        parent INTEGER,
        valid_from DATE,
        valid_to DATE,
        remark TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE households (
        id INTEGER NOT NULL,
        geom POINT,
        code TEXT DEFAULT '',
        head TEXT DEFAULT '',
        pinyin TEXT DEFAULT '',
        address TEXT DEFAULT '',
        phone TEXT DEFAULT '',
        members INTEGER DEFAULT 0,
        resident BOOLEAN DEFAULT 0,
        flags TEXT DEFAULT '',
        cell INTEGER,
        pinned BOOLEAN DEFAULT 0,
        reason INTEGER DEFAULT 0,
        distance DOUBLE,
        datum TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE workers (
        id INTEGER NOT NULL,
        geom POINT,
        code TEXT DEFAULT '',
        name TEXT DEFAULT '',
        pinyin TEXT DEFAULT '',
        phone TEXT DEFAULT '',
        village INTEGER,
        cell INTEGER,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE bodies (
        id INTEGER NOT NULL,
        kind TEXT DEFAULT '',
        name TEXT DEFAULT '',
        pinyin TEXT DEFAULT '',
        code TEXT DEFAULT '',
        category TEXT DEFAULT '',
        unit INTEGER,
        receiver TEXT DEFAULT '',
        receiver_phone TEXT DEFAULT '',
        leader TEXT DEFAULT '',
        leader_phone TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE categories (
        id INTEGER NOT NULL,
        code TEXT DEFAULT '',
        name TEXT DEFAULT '',
        name_en TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE rules (
        id INTEGER NOT NULL,
        category INTEGER,
        kind TEXT DEFAULT '',
        body INTEGER,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE cases (
        id INTEGER NOT NULL,
        geom POINT,
        number TEXT DEFAULT '',
        text TEXT DEFAULT '',
        address TEXT DEFAULT '',
        result TEXT DEFAULT '',
        whistler TEXT DEFAULT '',
        accuracy DOUBLE,
        border DOUBLE,
        kind INTEGER DEFAULT 0,
        category INTEGER,
        state INTEGER DEFAULT 0,
        body INTEGER,
        cell INTEGER,
        household INTEGER,
        worker INTEGER,
        unit INTEGER,
        blown DATETIME,
        arrived DATETIME,
        picked_up DATETIME,
        done DATETIME,
        deadline DATETIME,
        urged BOOLEAN DEFAULT 0,
        source TEXT DEFAULT '',
        original TEXT,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE events (
        id INTEGER NOT NULL,
        case_id INTEGER,
        kind TEXT DEFAULT '',
        time DATETIME,
        actor TEXT DEFAULT '',
        body INTEGER,
        target INTEGER,
        note TEXT DEFAULT '',
        deadline DATETIME,
        attitude INTEGER DEFAULT 0,
        speed INTEGER DEFAULT 0,
        outcome INTEGER DEFAULT 0,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX events_case_id ON events (case_id)",
    """
    CREATE TABLE periods (
        id INTEGER NOT NULL,
        name TEXT DEFAULT '',
        name_en TEXT DEFAULT '',
        start DATETIME,
        "end" DATETIME,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE settings (
        id INTEGER NOT NULL,
        "key" TEXT DEFAULT '',
        value TEXT,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE history (
        id INTEGER NOT NULL,
        time DATETIME,
        title TEXT,
        undone BOOLEAN,
        delta BLOB,
        PRIMARY KEY (id)
    )
    """,
)


def upgrade() -> None:
    """Make the tables of the first version (the gpkg_* tables are there: they belong to the file, not to the schema)."""
    for statement in _TABLES:
        op.execute(statement)

"""Plans: drafts and archived divisions, closed units, locks, reference layers, and a history for every draft.

Frozen: what stands here is what files of version 0002 hold. The division that a file of version 0001 has becomes its published plan.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

_UNIT = """
        level INTEGER DEFAULT 0,
        kind TEXT DEFAULT '',
        code TEXT DEFAULT '',
        name TEXT DEFAULT '',
        pinyin TEXT DEFAULT '',
        parent INTEGER,
        valid_from DATE,
        valid_to DATE,
        remark TEXT DEFAULT '',
        locked BOOLEAN DEFAULT 0,
"""
_STATEMENTS = (
    "ALTER TABLE units ADD COLUMN locked BOOLEAN DEFAULT 0",
    "ALTER TABLE history ADD COLUMN plan INTEGER DEFAULT 0",
    "ALTER TABLE history ADD COLUMN view TEXT",
    "CREATE INDEX history_plan ON history (plan, undone)",
    """
    CREATE TABLE plans (
        id INTEGER NOT NULL,
        name TEXT DEFAULT '',
        status TEXT DEFAULT '',
        base INTEGER,
        created DATETIME,
        valid_from DATE,
        valid_to DATE,
        note TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    f"CREATE TABLE plan_units (id INTEGER NOT NULL, geom MULTIPOLYGON, plan INTEGER, {_UNIT} PRIMARY KEY (id))",
    """
    CREATE TABLE plan_pins (
        id INTEGER NOT NULL,
        plan INTEGER,
        household INTEGER,
        cell INTEGER,
        pinned BOOLEAN DEFAULT 0,
        PRIMARY KEY (id)
    )
    """,
    "CREATE TABLE plan_workers (id INTEGER NOT NULL, plan INTEGER, worker INTEGER, village INTEGER, cell INTEGER, PRIMARY KEY (id))",
    "CREATE TABLE plan_cases (id INTEGER NOT NULL, plan INTEGER, case_id INTEGER, cell INTEGER, PRIMARY KEY (id))",
    f"CREATE TABLE closed_units (id INTEGER NOT NULL, plan INTEGER, {_UNIT} PRIMARY KEY (id))",
    """
    CREATE TABLE reference_layers (
        id INTEGER NOT NULL,
        name TEXT DEFAULT '',
        kind TEXT DEFAULT '',
        source TEXT DEFAULT '',
        visible BOOLEAN DEFAULT 0,
        opacity DOUBLE,
        options TEXT,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE ignored_problems (
        id INTEGER NOT NULL,
        "key" TEXT DEFAULT '',
        note TEXT DEFAULT '',
        time DATETIME,
        PRIMARY KEY (id)
    )
    """,
    # What the settings say of the plan is JSON text; the date is the first ten characters of it.
    """
    INSERT INTO plans (id, name, status, valid_from)
    VALUES (
        1,
        COALESCE((SELECT json_extract(value, '$') FROM settings WHERE "key" = 'plan_name'), ''),
        'published',
        NULLIF(SUBSTR(COALESCE((SELECT json_extract(value, '$') FROM settings WHERE "key" = 'plan_published'), ''), 1, 10), '')
    )
    """,
    """
    INSERT INTO settings (id, "key", value)
    VALUES (14, 'rural_maximum', '0'), (15, 'community_maximum', '0'), (16, 'least_compactness', '0.15'), (17, 'neck_width', '10.0'),
        (18, 'far_household', '1500.0')
    """,
    """
    INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, srs_id)
    SELECT 'plan_units', 'features', 'plan_units', srs_id FROM gpkg_geometry_columns WHERE table_name = 'units'
    """,
    """
    INSERT OR IGNORE INTO gpkg_geometry_columns
    SELECT 'plan_units', 'geom', 'MULTIPOLYGON', srs_id, 0, 0 FROM gpkg_geometry_columns WHERE table_name = 'units'
    """,
    *(
        f"INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier) VALUES ('{table}', 'attributes', '{table}')"
        for table in ("plans", "plan_pins", "plan_workers", "plan_cases", "closed_units", "reference_layers", "ignored_problems")
    ),
)


def upgrade() -> None:
    """Add the tables of plans, and the plan that is in force."""
    for statement in _STATEMENTS:
        op.execute(statement)

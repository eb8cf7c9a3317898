"""Households and workers with all that an office keeps of them, retired households, former grids and where their units went.

Frozen: what stands here is what files of version 0004 hold.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

_HOUSEHOLD = """
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
        building TEXT DEFAULT '',
        notes TEXT DEFAULT '',
"""
_FLAGS = (
    '{"防贫监测": {"name_en": "poverty watch", "weight": 1.0}, "脱贫户": {"name_en": "out of poverty", "weight": 0.5}, '
    '"低保": {"name_en": "subsistence allowance", "weight": 0.5}, "特困": {"name_en": "destitute", "weight": 1.0}, '
    '"独居老人": {"name_en": "elderly living alone", "weight": 1.0}, "慢性病": {"name_en": "chronic illness", "weight": 0.5}, '
    '"残疾": {"name_en": "disability", "weight": 0.5}, "留守儿童": {"name_en": "child left behind", "weight": 0.5}, '
    '"退役军人": {"name_en": "veteran", "weight": 0.0}, "党员户": {"name_en": "party member", "weight": 0.0}}'
)
_STATEMENTS = (
    "ALTER TABLE households ADD COLUMN building TEXT DEFAULT ''",
    "ALTER TABLE households ADD COLUMN notes TEXT DEFAULT ''",
    "ALTER TABLE workers ADD COLUMN skills TEXT DEFAULT ''",
    "ALTER TABLE workers ADD COLUMN capacity INTEGER DEFAULT 0",
    "ALTER TABLE workers ADD COLUMN since DATE",
    "ALTER TABLE workers ADD COLUMN until DATE",
    "ALTER TABLE workers ADD COLUMN substitute INTEGER",
    "ALTER TABLE workers ADD COLUMN absent_from DATE",
    "ALTER TABLE workers ADD COLUMN absent_until DATE",
    "ALTER TABLE workers ADD COLUMN notes TEXT DEFAULT ''",
    "ALTER TABLE workers ADD COLUMN more_cells TEXT",
    "ALTER TABLE plan_workers ADD COLUMN more_cells TEXT",
    f"""
    CREATE TABLE retired_households (
        id INTEGER NOT NULL,
        geom POINT,
        {_HOUSEHOLD}
        retired DATE,
        why TEXT DEFAULT '',
        merged_into INTEGER,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE former_grids (
        id INTEGER NOT NULL,
        name TEXT DEFAULT '',
        office TEXT DEFAULT '',
        source TEXT DEFAULT '',
        loaded DATETIME,
        visible BOOLEAN DEFAULT 0,
        colour TEXT DEFAULT '',
        note TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE former_units (
        id INTEGER NOT NULL,
        geom MULTIPOLYGON,
        grid INTEGER,
        code TEXT DEFAULT '',
        name TEXT DEFAULT '',
        pinyin TEXT DEFAULT '',
        contact TEXT DEFAULT '',
        phone TEXT DEFAULT '',
        remark TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE crosswalk (
        id INTEGER NOT NULL,
        grid INTEGER,
        former_unit INTEGER,
        plan INTEGER,
        cell INTEGER,
        area DOUBLE,
        area_share DOUBLE,
        households INTEGER DEFAULT 0,
        household_share DOUBLE,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX former_units_grid ON former_units (grid)",
    "CREATE INDEX crosswalk_former_unit ON crosswalk (former_unit)",
    f"""
    INSERT INTO settings (id, "key", value)
    VALUES (26, 'flags', '{_FLAGS}'), (27, 'case_weight', '2.0'), (28, 'walking_weight', '2.0'), (29, 'worker_capacity', '0'),
        (30, 'overload_percent', '130')
    """,
    *(
        f"""
        INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, srs_id)
        SELECT '{table}', 'features', '{table}', srs_id FROM gpkg_geometry_columns WHERE table_name = 'units'
        """
        for table in ("retired_households", "former_units")
    ),
    *(
        f"""
        INSERT OR IGNORE INTO gpkg_geometry_columns
        SELECT '{table}', 'geom', '{kind}', srs_id, 0, 0 FROM gpkg_geometry_columns WHERE table_name = 'units'
        """
        for table, kind in (("retired_households", "POINT"), ("former_units", "MULTIPOLYGON"))
    ),
    *(
        f"INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier) VALUES ('{table}', 'attributes', '{table}')"
        for table in ("former_grids", "crosswalk")
    ),
)


def upgrade() -> None:
    """Add the columns and tables of households, workers and former grids."""
    for statement in _STATEMENTS:
        op.execute(statement.replace(":", "\\:"))  # a colon would be a bind parameter

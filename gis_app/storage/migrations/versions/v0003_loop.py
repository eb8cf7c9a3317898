"""The whole loop of a whistle: what more a step tells, limits, messages, attachments, tasks, talks, and rules of more than two columns.

Frozen: what stands here is what files of version 0003 hold.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_NEW = ("limits", "messages", "attachments", "tasks", "task_cells", "talks", "saved_filters", "feeds")
_STATEMENTS = (
    "ALTER TABLE categories ADD COLUMN keywords TEXT DEFAULT ''",
    "ALTER TABLE rules ADD COLUMN unit_kind TEXT DEFAULT ''",
    "ALTER TABLE rules ADD COLUMN urgency INTEGER DEFAULT 0",
    "ALTER TABLE rules ADD COLUMN unit INTEGER",
    "ALTER TABLE rules ADD COLUMN step TEXT DEFAULT ''",
    "ALTER TABLE rules ADD COLUMN valid_from DATE",
    "ALTER TABLE rules ADD COLUMN valid_to DATE",
    "ALTER TABLE rules ADD COLUMN note TEXT DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN urgency INTEGER DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN duplicate INTEGER",
    "ALTER TABLE cases ADD COLUMN contact TEXT DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN phone TEXT DEFAULT ''",
    "ALTER TABLE events ADD COLUMN data TEXT",
    """
    CREATE TABLE limits (
        id INTEGER NOT NULL,
        category INTEGER,
        urgency INTEGER DEFAULT 0,
        hours DOUBLE,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE messages (
        id INTEGER NOT NULL,
        case_id INTEGER,
        kind TEXT DEFAULT '',
        body INTEGER,
        arrived DATETIME,
        deadline DATETIME,
        due DATETIME,
        recipient TEXT DEFAULT '',
        phone TEXT DEFAULT '',
        text TEXT DEFAULT '',
        channel TEXT DEFAULT '',
        state TEXT DEFAULT '',
        attempts INTEGER DEFAULT 0,
        next_try DATETIME,
        sent DATETIME,
        error TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE attachments (
        id INTEGER NOT NULL,
        case_id INTEGER,
        name TEXT DEFAULT '',
        media_type TEXT DEFAULT '',
        size INTEGER DEFAULT 0,
        added DATETIME,
        note TEXT DEFAULT '',
        content BLOB,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE tasks (
        id INTEGER NOT NULL,
        body INTEGER,
        title TEXT DEFAULT '',
        text TEXT DEFAULT '',
        actor TEXT DEFAULT '',
        created DATETIME,
        due DATETIME,
        closed DATETIME,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE task_cells (
        id INTEGER NOT NULL,
        task INTEGER,
        cell INTEGER,
        worker INTEGER,
        reported DATETIME,
        done BOOLEAN DEFAULT 0,
        note TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE talks (
        id INTEGER NOT NULL,
        body INTEGER,
        case_id INTEGER,
        month TEXT DEFAULT '',
        time DATETIME,
        held_by TEXT DEFAULT '',
        actor TEXT DEFAULT '',
        note TEXT DEFAULT '',
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE saved_filters (
        id INTEGER NOT NULL,
        name TEXT DEFAULT '',
        content TEXT,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE feeds (
        id INTEGER NOT NULL,
        name TEXT DEFAULT '',
        address TEXT DEFAULT '',
        options TEXT,
        resume TEXT,
        fetched DATETIME,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX messages_case_id ON messages (case_id)",
    "CREATE INDEX attachments_case_id ON attachments (case_id)",
    "CREATE INDEX messages_state ON messages (state)",
    "CREATE INDEX task_cells_task ON task_cells (task)",
    """
    INSERT INTO settings (id, "key", value)
    VALUES (19, 'sms_again_minutes', '5'), (20, 'review_hours', '24'), (21, 'soon_hours', '24'),
        (22, 'rate_days', '7'), (23, 'duplicate_metres', '250.0'), (24, 'duplicate_days', '14'), (25, 'attachment_megabytes', '10')
    """,
    *(
        f"INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier) VALUES ('{table}', 'attributes', '{table}')"
        for table in _NEW
    ),
)


def upgrade() -> None:
    """Add the columns and tables of the loop."""
    for statement in _STATEMENTS:
        op.execute(statement)

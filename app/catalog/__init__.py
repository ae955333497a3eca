"""Which streams exist: `CREATE TABLE` text to frozen tables."""

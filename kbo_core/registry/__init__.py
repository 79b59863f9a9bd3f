"""Files and portals → canonical tables, every row with its file, sheet and row number."""

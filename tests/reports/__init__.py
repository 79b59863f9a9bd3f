"""Reports as they are issued, and their evidence."""

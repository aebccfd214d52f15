"""One file for a journal: runs with inputs, tables, figures, versions, commands and checksums."""

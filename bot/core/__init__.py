"""The rules: reading, deciding, planning. Pure: no I/O, no clock, no database."""

"""The auditor's part: records found, opened, explained, counted and checked."""

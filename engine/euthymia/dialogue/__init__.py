"""The interview without its terminal: what to ask, and what an answer in words means."""

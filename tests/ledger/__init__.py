"""The ledger: records, stores, faults, forgetting, verification, replay, certificate."""

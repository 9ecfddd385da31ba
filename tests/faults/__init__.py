"""What must hold whatever breaks: named crash points, real signals to real processes, a vendor that goes wrong.

`docs/faults.md` says which case is where and what was seen. Random choices come from FAULT_SEED (printed on failure).
"""

"""The Mureka provider against a Mureka on the loopback: outcomes sorted, nothing ordered twice, no key given away."""
